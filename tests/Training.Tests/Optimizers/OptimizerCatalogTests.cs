using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Training.Tests.Optimizers;

public sealed class OptimizerCatalogTests
{
    [Theory]
    [InlineData("sgd2", "momentum", 0.5, "optimizer 'sgd2' is unknown: choose one of sgd, adam, adamw, rmsprop")]
    [InlineData("sgd", "momentun", 0.5, "sgd has no setting 'momentun': allowed are momentum, dampening")]
    [InlineData("sgd", "momentum", -1, "sgd setting momentum is -1: expected 0 or more.")]
    [InlineData("sgd", "momentum", double.NaN, "sgd setting momentum is NaN: expected 0 or more.")]
    [InlineData("sgd", "nesterov", 2, "sgd setting nesterov is 2: expected 0 or 1.")]
    [InlineData("sgd", "nesterov", 1, "nesterov needs a momentum")]
    public void WhatIsWrongIsNamed(string name, string key, double value, string expected)
    {
        var problem = Assert.Single(OptimizerCatalog.Validate(new OptimizerSettings(name, 0.1, new Dictionary<string, double> { [key] = value })));

        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryDefaultIsAllowed() =>
        Assert.All(OptimizerCatalog.Names, name => Assert.Empty(OptimizerCatalog.Validate(new OptimizerSettings(name, 0.1, OptimizerCatalog.Defaults(name)))));

    [Fact]
    public void ANegativeLearningRateIsRefused() =>
        Assert.Contains("learning_rate is -1", Assert.Single(OptimizerCatalog.Validate(new OptimizerSettings("sgd", -1, new Dictionary<string, double>()))), StringComparison.Ordinal);
}

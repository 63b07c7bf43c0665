using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace OrleansTrain.Training.Tests.Optimizers;

/// <summary>
/// Every optimizer follows TorchSharp's of the same name: to the bit where there is no square root in it; to the rounding of one step where there is,
/// as torch's square roots are not correctly rounded.
/// </summary>
public sealed class TorchBitsTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(0.01, false)]
    [InlineData(0.01, true)]
    public void Adam(double weightDecay, bool amsgrad) =>
        AssertSameRounding(
            "adam", 0.001, p => optim.Adam([p], 0.001, 0.9, 0.999, 1e-8, weightDecay, amsgrad), ("weight_decay", weightDecay), ("amsgrad", amsgrad ? 1 : 0));

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.01, false)]
    [InlineData(0.01, true)]
    public void AdamW(double weightDecay, bool amsgrad) =>
        AssertSameRounding(
            "adamw", 0.001, p => optim.AdamW([p], 0.001, 0.9, 0.999, 1e-8, weightDecay, amsgrad), ("weight_decay", weightDecay), ("amsgrad", amsgrad ? 1 : 0));

    [Fact]
    public void AdamThatClimbs() => AssertSameRounding("adam", 0.001, p => optim.Adam([p], 0.001, 0.9, 0.999, maximize: true), ("maximize", 1));

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0.01, 0.9, false)]
    [InlineData(0.01, 0, true)]
    [InlineData(0, 0.5, true)]
    public void RmsProp(double weightDecay, double momentum, bool centered) =>
        AssertSameRounding(
            "rmsprop",
            0.01,
            p => RMSProp([p], 0.01, 0.99, 1e-8, weightDecay, momentum, centered),
            ("weight_decay", weightDecay), ("momentum", momentum), ("centered", centered ? 1 : 0));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.1, 0.01, 0.5)]
    public void Adagrad(double decay, double weightDecay, double initial) =>
        AssertSameRounding(
            "adagrad",
            0.01,
            p => optim.Adagrad([p], 0.01, decay, weightDecay, initial),
            ("lr_decay", decay), ("weight_decay", weightDecay), ("initial_accumulator_value", initial));

    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    public void Adadelta(double weightDecay) =>
        AssertSameRounding("adadelta", 1, p => optim.Adadelta([p], 1, 0.9, 1e-6, weightDecay), ("weight_decay", weightDecay));

    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    public void Adamax(double weightDecay) =>
        AssertSameBits("adamax", 0.002, p => optim.Adamax([p], 0.002, 0.9, 0.999, 1e-8, weightDecay), ("weight_decay", weightDecay));

    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    public void NAdam(double weightDecay) =>
        AssertSameRounding("nadam", 0.002, p => optim.NAdam([p], 0.002, 0.9, 0.999, 1e-8, weightDecay), ("weight_decay", weightDecay));

    /// <summary>With a learning rate of 1, where multiplying by it once or twice is the same.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    public void RAdam(double weightDecay) =>
        AssertSameRounding("radam", 1, p => optim.RAdam([p], 1, 0.9, 0.999, 1e-8, weightDecay), ("weight_decay", weightDecay));

    [Theory]
    [InlineData(0, 1e6)]
    [InlineData(0.01, 10)]
    public void Asgd(double weightDecay, double start) =>
        AssertSameBits("asgd", 0.01, p => ASGD([p], 0.01, 1e-4, 0.75, start, weightDecay), ("weight_decay", weightDecay), ("t0", start));

    [Fact]
    public void RpropGivesTheBitsOfTorch() => AssertSameBits("rprop", 0.01, p => Rprop([p], 0.01, 0.5, 1.2, 1e-6, 50));

    private static void AssertSameRounding(string name, double rate, Func<Parameter, Optimizer> torchs, params (string Key, double Value)[] values)
    {
        var settings = new OptimizerSettings(name, rate, values.ToDictionary(pair => pair.Key, pair => pair.Value));

        Assert.InRange(TorchComparison.LargestStepError(settings, torchs), 0, 4);
    }

    private static void AssertSameBits(string name, double rate, Func<Parameter, Optimizer> torchs, params (string Key, double Value)[] values)
    {
        var settings = new OptimizerSettings(name, rate, values.ToDictionary(pair => pair.Key, pair => pair.Value));

        Assert.Equal(0, TorchComparison.LargestDistance(settings, torchs));
    }
}

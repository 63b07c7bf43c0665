using static TorchSharp.torch;

namespace OrleansTrain.Training.Tests.Optimizers;

public sealed class SgdOptimizerTests
{
    [Theory]
    [InlineData(0, 0, 0, false)]
    [InlineData(0, 0, 0.01, false)]
    [InlineData(0.5, 0, 0, false)]
    [InlineData(0.9, 0, 0.0005, false)]
    [InlineData(0.9, 0.1, 0.0005, false)]
    [InlineData(0.9, 0, 0.0005, true)]
    public void GivesTheBitsOfTorch(double momentum, double dampening, double weightDecay, bool nesterov)
    {
        var settings = new OptimizerSettings("sgd", 0.025, new Dictionary<string, double>
        {
            ["momentum"] = momentum,
            ["dampening"] = dampening,
            ["weight_decay"] = weightDecay,
            ["nesterov"] = nesterov ? 1 : 0,
        });

        Assert.Equal(0, TorchComparison.LargestDistance(settings, p => optim.SGD([p], 0.025, momentum, dampening, weightDecay, nesterov)));
    }

    [Fact]
    public void MaximizeClimbs()
    {
        var settings = new OptimizerSettings("sgd", 0.1, new Dictionary<string, double> { ["momentum"] = 0.9, ["maximize"] = 1 });

        Assert.Equal(0, TorchComparison.LargestDistance(settings, p => optim.SGD([p], 0.1, 0.9, maximize: true)));
    }
}

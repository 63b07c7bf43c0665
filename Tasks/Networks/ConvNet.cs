using OrleansTrain.Training;
using OrleansTrain.Training.Modules;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrleansTrain.Tasks.Networks;

/// <summary>
/// The network of PyTorch's MNIST example (pytorch/examples, mnist/main.py), 1.2 million parameters: two convolutions, pooling, two linear
/// layers, dropout 0.25 and 0.5, ending in log-probabilities. Input <c>[N, 1, 28, 28]</c>, output <c>[N, 10]</c>.
/// </summary>
internal sealed class ConvNet : Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1 = Conv2d(1, 32, 3);
    private readonly Conv2d _conv2 = Conv2d(32, 64, 3);
    private readonly SeededDropout _dropout1;
    private readonly SeededDropout _dropout2;
    private readonly Linear _fc1 = Linear(9216, 128);
    private readonly Linear _fc2 = Linear(128, 10);

    /// <summary>Layers initialised as PyTorch does; noise from <paramref name="random"/>.</summary>
    public ConvNet(RankRandom random)
        : base(nameof(ConvNet))
    {
        _dropout1 = new SeededDropout(random, 0.25);
        _dropout2 = new SeededDropout(random, 0.5);
        register_module("conv1", _conv1);
        register_module("conv2", _conv2);
        register_module("dropout1", _dropout1);
        register_module("dropout2", _dropout2);
        register_module("fc1", _fc1);
        register_module("fc2", _fc2);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var x = _conv1.call(ImageLayout.ChannelsLast(input)).relu_();
        // The largest value and the cut at 0 may change places, and a quarter as many are cut.
        x = functional.max_pool2d(_conv2.call(x), 2).relu_();
        x = _dropout1.forward(x);
        x = _fc1.call(x.flatten(1)).relu_();
        return functional.log_softmax(_fc2.call(_dropout2.forward(x)), 1);
    }
}

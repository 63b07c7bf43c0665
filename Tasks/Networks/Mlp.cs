using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrleansTrain.Tasks.Networks;

/// <summary>
/// A multilayer perceptron that ends in log-probabilities: linear layers <c>fc1</c>, <c>fc2</c> …, ReLU between them, LogSoftmax at the end.
/// Input <c>[N, …]</c> is flattened to <c>[N, widths[0]]</c>; output <c>[N, widths[^1]]</c>.
/// </summary>
internal sealed class Mlp : Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Linear[] _layers;
    private readonly long _inputs;

    /// <summary>Layers of these widths, initialised as PyTorch does.</summary>
    public Mlp(params long[] widths)
        : base(nameof(Mlp))
    {
        _inputs = widths[0];
        _layers = [.. widths.Zip(widths.Skip(1), (inputs, outputs) => Linear(inputs, outputs))];
        for (var i = 0; i < _layers.Length; i++)
        {
            register_module($"fc{i + 1}", _layers[i]);
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var x = input.dim() == 2 ? input : input.reshape(-1, _inputs);
        for (var i = 0; i < _layers.Length - 1; i++)
        {
            x = _layers[i].call(x).relu_();
        }

        return functional.log_softmax(_layers[^1].call(x), 1);
    }
}

using static TorchSharp.torch;

namespace OrleansTrain.Data;

/// <summary>
/// The samples one rank trains on in one step. Owned by whoever takes it: dispose it after the step.
/// </summary>
/// <param name="inputs">First dimension <paramref name="count"/>; dtype and further dimensions as the pipeline makes them.</param>
/// <param name="targets">First dimension <paramref name="count"/>; class indices are int64.</param>
/// <param name="count">Samples in the batch; 0 &lt; count &lt;= batch size per rank.</param>
public sealed class Batch(Tensor inputs, Tensor targets, int count) : IDisposable
{
    /// <summary>What the model is fed.</summary>
    public Tensor Inputs { get; } = inputs;

    /// <summary>What it should answer.</summary>
    public Tensor Targets { get; } = targets;

    /// <summary>Samples in the batch.</summary>
    public int Count { get; } = count;

    /// <summary>Where the samples come from, for messages: <c>epoch 2 step 17: block 3 record 120 …</c>.</summary>
    public string Origin { get; init; } = "";

    /// <inheritdoc/>
    public void Dispose()
    {
        Inputs.Dispose();
        Targets.Dispose();
    }
}

using static TorchSharp.torch;

namespace OrleansTrain.Data;

/// <summary>
/// The samples one rank trains on in one step. Owned by whoever takes it: dispose it after the step, when nothing computes with it any more.
/// Its tensors' memory is used again for a later batch then; whoever wants to keep values clones them.
/// </summary>
public sealed class Batch : IDisposable
{
    private readonly Func<string>? _origin;
    private Action? _release;

    /// <summary>A batch that owns its tensors.</summary>
    /// <param name="inputs">First dimension <paramref name="count"/>; dtype and further dimensions as the pipeline makes them.</param>
    /// <param name="targets">First dimension <paramref name="count"/>; class indices are int64.</param>
    /// <param name="count">Samples in the batch; 0 &lt; count &lt;= batch size per rank.</param>
    public Batch(Tensor inputs, Tensor targets, int count)
        : this(inputs, targets, count, null, null) => _release = () =>
        {
            inputs.Dispose();
            targets.Dispose();
        };

    internal Batch(Tensor inputs, Tensor targets, int count, Func<string>? origin, Action? release)
    {
        (Inputs, Targets, Count) = (inputs, targets, count);
        (_origin, _release) = (origin, release);
    }

    /// <summary>What the model is fed.</summary>
    public Tensor Inputs { get; }

    /// <summary>What it should answer.</summary>
    public Tensor Targets { get; }

    /// <summary>Samples in the batch.</summary>
    public int Count { get; }

    /// <summary>Where the samples come from, for messages: <c>epoch 2 step 17: s3://… record 120, …</c>.</summary>
    public string Origin
    {
        get => field ?? _origin?.Invoke() ?? "";
        init;
    }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}

using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Training.Native;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>
/// The room that this silo's ranks have for gradients in the memory of the group: autograd writes them there, so that nobody copies what the other
/// silos of the host read. What finds no room lies elsewhere and is copied.
/// </summary>
/// <remarks>
/// A rank's next backward pass overwrites its gradients. By then the step has ended, which it does when all silos have updated their shards, and so
/// have read what they need.
/// </remarks>
internal sealed unsafe class LentGradients
{
    private readonly byte* _segment;
    private readonly TensorArena?[] _byNode;
    private readonly Dictionary<int, TensorArena> _byRank = [];

    public LentGradients(SessionShape shape, SegmentLayout layout, int self, byte* segment)
    {
        _segment = segment;
        var nodes = shape.Covers[shape.Plan.Self];
        _byNode = new TensorArena?[nodes.Count];
        for (var node = 0; node < nodes.Count; node++)
        {
            if (layout.Gradients(self, node) is > 0 and var offset)
            {
                _byNode[node] = _byRank[nodes[node].Start] = new TensorArena((nint)(segment + offset), layout.GradientSizes[self]);
            }
        }
    }

    /// <summary>The room of a rank; null when it has none.</summary>
    public TensorArena? Of(int rank) => _byRank.GetValueOrDefault(rank);

    /// <summary>How far from the start of the segment the gradient of a node lies, or 0 when it is not in its room.</summary>
    public long OffsetOf(int node, float* gradient) =>
        _byNode[node] is { } arena && (nint)gradient >= arena.Start && (nint)gradient < arena.End ? (byte*)gradient - _segment : 0;

    /// <summary>No gradient is put here any more.</summary>
    /// <returns>Completes when the last one is gone, and the memory may go.</returns>
    public Task Retire() => Task.WhenAll(_byRank.Values.Select(arena => arena.Retire()));
}

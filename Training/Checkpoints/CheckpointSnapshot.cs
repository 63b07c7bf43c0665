using OrleansTrain.Training.Native;
using OrleansTrain.Training.SafeTensors;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Checkpoints;

/// <summary>
/// A silo's share of a checkpoint in host memory: what its ranks copy between two steps, so that training goes on while it is written.
/// Its large buffers are allocated once and used for every checkpoint of an attempt.
/// Ranks may fill disjoint parts at the same time; nothing may be filled while it is being written.
/// </summary>
public sealed class CheckpointSnapshot : IDisposable
{
    private readonly HostBuffer? _parameters;
    private readonly HostBuffer?[] _optimizer;
    private readonly SortedDictionary<int, RankShare?> _ranks = [];

    /// <summary>Allocates the buffers.</summary>
    /// <param name="layout">Where the parameters lie.</param>
    /// <param name="hasModel">This silo hosts rank 0 and writes the model.</param>
    /// <param name="optimizerStart">First element of the silo's shard.</param>
    /// <param name="optimizerLength">Elements of the silo's shard.</param>
    /// <param name="optimizerStates">Names of the optimizer's state arrays.</param>
    /// <param name="ranks">The silo's ranks.</param>
    public CheckpointSnapshot(
        ParameterLayout layout,
        bool hasModel,
        long optimizerStart,
        long optimizerLength,
        IReadOnlyList<string> optimizerStates,
        IReadOnlyList<int> ranks)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(optimizerStates);
        ArgumentNullException.ThrowIfNull(ranks);
        Layout = layout;
        OptimizerStart = optimizerStart;
        OptimizerLength = optimizerLength;
        OptimizerStates = optimizerStates;
        _parameters = hasModel ? new HostBuffer(layout.Length * sizeof(float)) : null;
        _optimizer = [.. optimizerStates.Select(_ => new HostBuffer(optimizerLength * sizeof(float)))];
        foreach (var rank in ranks)
        {
            _ranks[rank] = null;
        }
    }

    /// <summary>Where the parameters lie.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>This silo writes the model.</summary>
    public bool HasModel => _parameters is not null;

    /// <summary>First element of the silo's shard.</summary>
    public long OptimizerStart { get; }

    /// <summary>Elements of the silo's shard.</summary>
    public long OptimizerLength { get; }

    /// <summary>Names of the optimizer's state arrays.</summary>
    public IReadOnlyList<string> OptimizerStates { get; }

    /// <summary>Copies elements of the flat parameter buffer.</summary>
    /// <param name="flat">The buffer, float32 on the CPU.</param>
    public unsafe void CopyParameters(Tensor flat, long start, long count)
    {
        var parameters = _parameters ?? throw new InvalidOperationException("This silo does not write the model.");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Layout.Length);
        var bytes = count * sizeof(float);
        Buffer.MemoryCopy(
            (float*)HostPointer.Of(flat) + start, (float*)parameters.Address + start, bytes, bytes);
    }

    /// <summary>Where elements of an optimizer state array go; <paramref name="offset"/> counts from the shard's start.</summary>
    public unsafe Span<float> Optimizer(int state, long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + count, OptimizerLength);
        return new Span<float>((float*)_optimizer[state]!.Address + offset, count);
    }

    /// <summary>Keeps what a rank has besides; the tensors become this object's.</summary>
    public void SetRank(int rank, RunningSums sums, IReadOnlyList<(string Name, Tensor Value)> state)
    {
        lock (_ranks)
        {
            if (!_ranks.TryGetValue(rank, out var before))
            {
                throw new ArgumentException($"Rank {rank} is not one of this silo's.", nameof(rank));
            }

            before?.Dispose();
            _ranks[rank] = new RankShare(sums, state);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parameters?.Dispose();
        foreach (var buffer in _optimizer)
        {
            buffer?.Dispose();
        }

        foreach (var share in _ranks.Values)
        {
            share?.Dispose();
        }
    }

    /// <summary>SHA-256 over the parameters.</summary>
    internal string HashWeights() => WeightsHash.Compute(Layout, _parameters!.Address);

    /// <summary>The sums of the silo's ranks.</summary>
    internal IReadOnlyList<RankSums> Sums() => [.. _ranks.Select(rank => new RankSums(rank.Key, rank.Value!.Sums))];

    /// <summary>The objects to be written, in the order they are; valid until something is filled anew.</summary>
    internal IEnumerable<(string Name, SafeTensorsContent Content)> Objects(long step)
    {
        if (_parameters is not null)
        {
            yield return (CheckpointNames.Model, SafeTensorsContent.Create([.. Parameters(), .. ModelBuffers()], Metadata(step)));
        }

        if (OptimizerStates.Count > 0 && OptimizerLength > 0)
        {
            yield return (CheckpointNames.Optimizer(OptimizerStart, OptimizerLength), SafeTensorsContent.Create(OptimizerParts(), Metadata(step)));
        }

        foreach (var (rank, share) in _ranks)
        {
            yield return (CheckpointNames.Rank(rank), SafeTensorsContent.Create(
                share!.State.Select(entry => SafeTensorsPart.Of(entry.Name, entry.Value)), Metadata(step)));
        }
    }

    // Nothing of the time or the attempt: two attempts that write the same step write the same bytes.
    private static Dictionary<string, string> Metadata(long step) => new(StringComparer.Ordinal)
    {
        ["format"] = "pt",
        ["orleanstrain.step"] = step.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private IEnumerable<SafeTensorsPart> Parameters() => Layout.Slots.Select(slot => new SafeTensorsPart(
        slot.Name, "F32", slot.Shape, _parameters!.Address + (nint)(slot.Offset * sizeof(float)), slot.Length * sizeof(float)));

    // Rank 0's: what a model made for one process has.
    private IEnumerable<SafeTensorsPart> ModelBuffers() =>
        _ranks[0]!.State
            .Where(entry => entry.Name.StartsWith(Replicas.ReplicaState.BufferPrefix, StringComparison.Ordinal))
            .Select(entry => SafeTensorsPart.Of(entry.Name[Replicas.ReplicaState.BufferPrefix.Length..], entry.Value));

    private IEnumerable<SafeTensorsPart> OptimizerParts() => OptimizerStates.Select((name, i) => new SafeTensorsPart(
        name, "F32", [OptimizerLength], _optimizer[i]!.Address, OptimizerLength * sizeof(float)));

    private sealed record RankShare(RunningSums Sums, IReadOnlyList<(string Name, Tensor Value)> State) : IDisposable
    {
        public void Dispose()
        {
            foreach (var (_, value) in State)
            {
                value.Dispose();
            }
        }
    }
}

using static TorchSharp.torch;

namespace OrleansTrain.Training;

/// <summary>What a task may know about where it runs. Immutable; one per rank.</summary>
public sealed class TaskContext(int rank, int worldSize, long seed, Device device, IReadOnlyDictionary<string, string> parameters, RankRandom random)
{
    /// <summary>0 … <see cref="WorldSize"/>-1. Must not change what the model is, only what is logged.</summary>
    public int Rank { get; } = rank;

    /// <summary>Number of ranks.</summary>
    public int WorldSize { get; } = worldSize;

    /// <summary>The run's seed.</summary>
    public long Seed { get; } = seed;

    /// <summary>Where the model and the batches live.</summary>
    public Device Device { get; } = device;

    /// <summary>The task's own parameters: its defaults, overridden by <c>params.NAME</c> of the spec.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; } = parameters;

    /// <summary>
    /// The rank's own random state: use it for dropout and other noise of the model. It is part of a checkpoint.
    /// </summary>
    public RankRandom Random { get; } = random;
}

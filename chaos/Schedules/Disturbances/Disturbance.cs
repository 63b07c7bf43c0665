using OrleansTrain.Harness.Cluster;

namespace OrleansTrain.Schedules.Disturbances;

/// <summary>One thing that goes wrong during a run. Made by a seeded generator, so that a seed names a whole course.</summary>
/// <param name="Name">For people.</param>
/// <param name="At">After the run was started.</param>
internal abstract record Disturbance(string Name, TimeSpan At)
{
    /// <summary>Disturbs, and undoes it where the cluster cannot.</summary>
    public abstract Task Apply(RealCluster cluster, AttendedRun run);

    /// <inheritdoc/>
    public sealed override string ToString() => FormattableString.Invariant($"{Name} at {At.TotalSeconds:F1} s");
}

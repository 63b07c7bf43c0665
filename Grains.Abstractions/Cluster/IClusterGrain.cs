using Orleans.Concurrency;

namespace OrleansTrain.Grains.Abstractions.Cluster;

/// <summary>
/// Hands out the cluster's rank slots so that runs do not overbook it. One for the cluster; key: <see cref="Key"/>.
/// </summary>
[Alias("OrleansTrain.IClusterGrain")]
public interface IClusterGrain : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "cluster";

    /// <summary>
    /// Takes slots for all ranks of a run, or none. A run that holds slots already gives them back first. Waiting runs are served in order of arrival.
    /// </summary>
    /// <param name="avoid">Silos that just failed the run: used only when nothing else is left after they have been away for a while.</param>
    [Alias("Reserve")]
    Task<Reservation> Reserve(string runId, int ranks, string device, IReadOnlyList<string> avoid);

    /// <summary>Gives a run's slots back. Idempotent.</summary>
    [Alias("Release")]
    Task Release(string runId);

    /// <summary>
    /// A silo is about to stop: it gets no new ranks, and the runs that have ranks there are told to move them.
    /// </summary>
    /// <returns>Those runs; empty once the silo is free.</returns>
    [Alias("Leave")]
    Task<IReadOnlyList<string>> Leave(string silo);

    /// <summary>Reaches every run that holds or waits for slots, so that it goes on after all silos were lost.</summary>
    [Alias("WakeRuns")]
    Task WakeRuns();

    /// <summary>The silos, their slots, and what runs where.</summary>
    [Alias("GetCluster"), AlwaysInterleave]
    Task<ClusterView> GetCluster();
}

/// <summary>Slots for all ranks in rank order, or why there are none yet.</summary>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>: what all of the slots are.</param>
[GenerateSerializer, Alias("OrleansTrain.Reservation"), Immutable]
public sealed record Reservation([property: Id(0)] IReadOnlyList<RankSlot> Slots, [property: Id(1)] string WaitingFor, [property: Id(2)] string Device)
{
    /// <summary>The run can start.</summary>
    public bool IsGranted => Slots.Count > 0;
}

/// <summary>A slot of a silo; <paramref name="Silo"/> is the silo's address in parsable form.</summary>
[GenerateSerializer, Alias("OrleansTrain.RankSlot"), Immutable]
public sealed record RankSlot([property: Id(0)] string Silo, [property: Id(1)] int Slot);

/// <summary>The cluster as <c>orleanstrain cluster</c> shows it.</summary>
[GenerateSerializer, Alias("OrleansTrain.ClusterView"), Immutable]
public sealed record ClusterView([property: Id(0)] IReadOnlyList<SiloView> Silos, [property: Id(1)] IReadOnlyList<WaitingRun> Waiting);

/// <summary>One silo.</summary>
/// <param name="Devices"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Ranks">What runs in its slots.</param>
[GenerateSerializer, Alias("OrleansTrain.SiloView"), Immutable]
public sealed record SiloView(
    [property: Id(0)] string Silo,
    [property: Id(1)] string Name,
    [property: Id(2)] string Status,
    [property: Id(3)] int Slots,
    [property: Id(4)] string Devices,
    [property: Id(5)] string Version,
    [property: Id(6)] IReadOnlyList<SlotUse> Ranks);

/// <summary>A slot in use.</summary>
[GenerateSerializer, Alias("OrleansTrain.SlotUse"), Immutable]
public sealed record SlotUse([property: Id(0)] int Slot, [property: Id(1)] string RunId, [property: Id(2)] int Rank);

/// <summary>A run that does not fit yet.</summary>
[GenerateSerializer, Alias("OrleansTrain.WaitingRun"), Immutable]
public sealed record WaitingRun([property: Id(0)] string RunId, [property: Id(1)] int Ranks, [property: Id(2)] string WaitingFor);

using OrleansTrain.Training;

namespace OrleansTrain.Exchange;

/// <summary>
/// Everything one silo must know to exchange gradients in one attempt of a run. The same on all silos but for <see cref="Self"/>.
/// </summary>
public sealed record ExchangePlan
{
    /// <summary>The run and its attempt: every frame carries both, and frames of another attempt are refused.</summary>
    public required string RunId { get; init; }

    /// <summary>1 for the first attempt; grows with every restart.</summary>
    public required int Attempt { get; init; }

    /// <summary>The silos of the run; shard <c>s</c> of the parameters belongs to silo <c>s</c>.</summary>
    public required IReadOnlyList<ExchangeSilo> Silos { get; init; }

    /// <summary>Index of this silo in <see cref="Silos"/>.</summary>
    public required int Self { get; init; }

    /// <summary>Ranks in all silos together.</summary>
    public int WorldSize => Silos.Sum(silo => silo.Ranks.Count);

    /// <summary>The parameters.</summary>
    public required ParameterLayout Layout { get; init; }

    /// <summary>The optimizer that the shards apply.</summary>
    public required OptimizerSettings Optimizer { get; init; }

    /// <summary>How bytes travel between silos: <see cref="ExchangeMode.Auto"/> chooses per pair of silos.</summary>
    public ExchangeMode Mode { get; init; } = ExchangeMode.Auto;

    /// <summary>
    /// What partial sums are sent as between silos, over the tensor channel and by messages. <see cref="GradientWireType.BFloat16"/> halves
    /// their bytes and rounds them: the weights then depend on which ranks share a silo.
    /// </summary>
    public GradientWireType GradientWire { get; init; }

    /// <summary>Whether gradients are sent over the tensor channel while backward passes still run. Bits do not depend on it.</summary>
    public OverlapMode Overlap { get; init; }

    /// <summary>32 random bytes known to the silos of this attempt only; peers prove that they know it.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>How long a rank waits for the others in one step before it reports them lost.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Step the first exchange belongs to: 0, or where the checkpoint stood.</summary>
    public long FirstStep { get; init; }

    /// <summary>Whether two silos can share memory; a silo always can with itself.</summary>
    internal bool CanShareMemory(int silo, int other) =>
        silo == other || (Silos[silo].Endpoint.HostId is { Length: > 0 } host && Silos[other].Endpoint.HostId == host);
}

/// <summary>One silo of a plan: where its tensor channel is, and the (consecutive) ranks it hosts.</summary>
public sealed record ExchangeSilo(ExchangeEndpoint Endpoint, IReadOnlyList<int> Ranks);

/// <summary>How to reach a silo's tensor channel.</summary>
/// <param name="HostId">Equal for two silos that can share memory: same kernel boot, same /dev/shm.</param>
/// <param name="Address">IP address or host name that other silos reach it by.</param>
/// <param name="Port">TCP port of the tensor channel.</param>
/// <param name="Silo">The silo's Orleans address as text, for messages.</param>
public sealed record ExchangeEndpoint(string HostId, string Address, int Port, string Silo);

/// <summary>What a gradient's elements are on the wire.</summary>
public enum GradientWireType
{
    /// <summary>What they are: nothing is lost.</summary>
    Float32,

    /// <summary>bfloat16, rounded to nearest, ties to even.</summary>
    BFloat16,
}

/// <summary>Whether sending overlaps with computing.</summary>
public enum OverlapMode
{
    /// <summary>Where the host has a core left beside those of its ranks.</summary>
    Auto,

    /// <summary>Always, on the tensor channel.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}

/// <summary>How gradients and parameters travel between silos. Ranks of one silo always share memory.</summary>
public enum ExchangeMode
{
    /// <summary>Shared memory on one host, else TCP.</summary>
    Auto,

    /// <summary>All ranks must be on one silo.</summary>
    InProcess,

    /// <summary>Memory shared by the processes of one host.</summary>
    SharedMemory,

    /// <summary>The silos' tensor channel.</summary>
    Tcp,

    /// <summary>Orleans' messages: slower, for silos that reach each other's Orleans port and no other.</summary>
    Orleans,

    /// <summary>No exchange: every rank updates a copy of its own. For benchmarks only, the bound of what an exchange can reach.</summary>
    None,
}

using System.Runtime.InteropServices;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Training;

namespace OrleansTrain.Exchange.Tests.Support;

/// <summary>Several hubs in this process standing for silos, with one session each.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly List<ExchangeHub> _hubs = [];

    private Cluster(IReadOnlyList<int[]> placement, ParameterLayout layout)
    {
        Placement = placement;
        Layout = layout;
    }

    public IReadOnlyList<int[]> Placement { get; }

    public ParameterLayout Layout { get; }

    public List<IExchangeSession> Sessions { get; } = [];

    public IReadOnlyList<ExchangeHub> Hubs => _hubs;

    public int WorldSize => Placement.Sum(ranks => ranks.Length);

    /// <summary>Opens, connects and gives everyone the initial parameters.</summary>
    public static async Task<Cluster> Start(
        ExchangeMode mode,
        IReadOnlyList<int[]> placement,
        ParameterLayout? layout = null,
        OptimizerSettings? optimizer = null,
        Func<ExchangePlan, ExchangePlan>? change = null,
        LocalCourier? courier = null)
    {
        var cluster = Open(mode, placement, layout, optimizer, change, courier: courier);
        await cluster.Share();
        return cluster;
    }

    /// <summary>Opens the sessions; nobody is connected yet.</summary>
    public static Cluster Open(
        ExchangeMode mode,
        IReadOnlyList<int[]> placement,
        ParameterLayout? layout = null,
        OptimizerSettings? optimizer = null,
        Func<ExchangePlan, ExchangePlan>? change = null,
        ExchangeHubOptions? options = null,
        LocalCourier? courier = null,
        bool initialize = true)
    {
        courier ??= new LocalCourier();
        var cluster = new Cluster(placement, layout ?? SyntheticModel.Small);
        for (var silo = 0; silo < placement.Count; silo++)
        {
            var hub = new ExchangeHub((options ?? new ExchangeHubOptions()) with { Silo = $"silo-{silo}" }, courier);
            courier.Add($"silo-{silo}", hub);
            cluster._hubs.Add(hub);
        }

        var silos = placement.Select((ranks, i) => new ExchangeSilo(cluster._hubs[i].Endpoint, ranks)).ToList();
        var secret = RandomBytes();
        for (var silo = 0; silo < placement.Count; silo++)
        {
            var plan = new ExchangePlan
            {
                RunId = "run",
                Attempt = 1,
                Silos = silos,
                Self = silo,
                Layout = cluster.Layout,
                Optimizer = optimizer ?? SyntheticModel.Sgd(),
                Mode = mode,
                Secret = secret,
                // What the processor would choose depends on how many cores it has.
                Overlap = OverlapMode.Off,
            };
            cluster.Sessions.Add(cluster._hubs[silo].Open(change?.Invoke(plan) ?? plan));
        }

        if (initialize)
        {
            cluster.Initialize();
        }

        return cluster;
    }

    /// <summary>Connects and gives everyone the parameters of rank 0's silo.</summary>
    public async Task Share()
    {
        await Connect();
        await Task.WhenAll(Sessions.Select(session => session.BroadcastParameters(CancellationToken.None)));
    }

    public Task Connect() => Task.WhenAll(Sessions.Select(session => session.Connect(CancellationToken.None)));

    /// <summary>One step of all ranks; returns what each was told.</summary>
    public async Task<StepRequests[]> Step(long step, Func<int, StepRequests>? requests = null) =>
        await Task.WhenAll(
            from silo in Enumerable.Range(0, Placement.Count)
            from rank in Placement[silo]
            select RankThread.Run(() => RankThread.Step(
                Sessions[silo], rank, SyntheticModel.Gradients(Layout, rank, step), step, 0.1, requests?.Invoke(rank) ?? StepRequests.None)));

    public float[] Parameters(int silo) => MemoryMarshal.Cast<byte, float>(Sessions[silo].Parameters.bytes).ToArray();

    public async ValueTask DisposeAsync()
    {
        foreach (var session in Sessions)
        {
            await session.DisposeAsync();
        }

        foreach (var hub in _hubs)
        {
            await hub.DisposeAsync();
        }
    }

    private static byte[] RandomBytes()
    {
        var bytes = new byte[32];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    private void Initialize()
    {
        var source = Placement.Index().Single(silo => silo.Item.Contains(0)).Index;
        SyntheticModel.InitialParameters(Layout).CopyTo(MemoryMarshal.Cast<byte, float>(Sessions[source].Parameters.bytes));
    }
}

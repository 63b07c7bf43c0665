using BenchmarkDotNet.Attributes;
using OrleansTrain.Exchange;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Training;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Parts;

/// <summary>A whole step of the exchange between two silos of one rank each in this process: a million parameters, SGD with momentum.</summary>
public sealed class ChannelBenchmarks : IDisposable
{
    private const int Length = 1 << 20;

    private readonly ParameterLayout _layout = ParameterLayout.Create([("p", new long[] { Length })]);
    private readonly NativeFloats _gradient = new(Length);
    private readonly List<ExchangeHub> _hubs = [];
    private readonly List<IExchangeSession> _sessions = [];
    private readonly Barrier _barrier = new(2);
    private Thread? _other;
    private long _step;
    private volatile bool _ended;

    [Params(ExchangeMode.SharedMemory, ExchangeMode.Tcp)]
    public ExchangeMode Mode { get; set; }

    [Params(GradientWireType.Float32, GradientWireType.BFloat16)]
    public GradientWireType Wire { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        _hubs.AddRange([new ExchangeHub(new ExchangeHubOptions()), new ExchangeHub(new ExchangeHubOptions())]);
        var silos = _hubs.Select((hub, rank) => new ExchangeSilo(hub.Endpoint, [rank])).ToList();
        _sessions.AddRange(_hubs.Select((hub, self) => hub.Open(new ExchangePlan
        {
            RunId = "parts",
            Attempt = 1,
            Silos = silos,
            Self = self,
            Layout = _layout,
            Optimizer = new OptimizerSettings("sgd", 0.01, new Dictionary<string, double> { ["momentum"] = 0.9 }),
            Mode = Mode,
            GradientWire = Wire,
            Secret = new byte[32],
        })));
        await Task.WhenAll(_sessions.Select(session => session.Connect(CancellationToken.None)));
        await Task.WhenAll(_sessions.Select(session => session.BroadcastParameters(CancellationToken.None)));
        _step = 0;
        _ended = false;
        _other = new Thread(StepOther) { IsBackground = true };
        _other.Start();
    }

    [Benchmark]
    public void Step()
    {
        _barrier.SignalAndWait();
        StepOf(0);
        _step++;
        _barrier.SignalAndWait();
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        _ended = true;
        _barrier.SignalAndWait();
        _other!.Join();
        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }

        foreach (var hub in _hubs)
        {
            await hub.DisposeAsync();
        }

        _sessions.Clear();
        _hubs.Clear();
    }

    public void Dispose()
    {
        _gradient.Dispose();
        _barrier.Dispose();
    }

    private void StepOther()
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_ended)
            {
                return;
            }

            StepOf(1);
            _barrier.SignalAndWait();
        }
    }

    private unsafe void StepOf(int rank)
    {
        nint pointer = (nint)_gradient.Pointer;
        _sessions[rank].Step(rank, new ReadOnlySpan<nint>(in pointer), _step, 0.01, StepRequests.None);
    }
}

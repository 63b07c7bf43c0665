using Microsoft.Extensions.Time.Testing;
using OrleansTrain.Client.Commands;
using OrleansTrain.Client.Datasets;
using OrleansTrain.Client.Doctor;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Runs;
using OrleansTrain.Client.Sessions;
using OrleansTrain.Client.Signals;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Hosting.Logging;
using OrleansTrain.Storage;

namespace OrleansTrain.Client.Tests.Fakes;

/// <summary>Runs the command line in this process over fakes.</summary>
internal sealed class ClientHarness : IInterrupts, IDatasetPreparation
{
    private readonly CancellationTokenSource _interrupt = new();
    private readonly LineSignal _output = new();
    private readonly StringWriter _error = new();

    public FakeRun Run { get; init; } = new();

    public FakeTracking Tracking { get; init; } = new();

    public ClusterView? Cluster { get; init; }

    public IReadOnlyList<IDoctorCheck> Checks { get; init; } = [];

    public bool HasCluster { get; init; }

    public bool IsRunning { get; init; } = true;

    public Dictionary<string, string> Environment { get; } = new() { ["USER"] = "ada" };

    public string WorkingFolder { get; init; } = Path.GetTempPath();

    public FakeSessions? Sessions { get; private set; }

    /// <summary>Completes with the first line on stdout.</summary>
    public Task<string> FirstLine => _output.First;

    public string Output => _output.ToString();

    public string Errors => _error.ToString();

    public CancellationToken Requested => _interrupt.Token;

    public void Interrupt() => _interrupt.Cancel();

    public Task PrepareAsync(RunSpec spec, Action<string> report, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs one command line; time passes by itself whenever the client waits.</summary>
    public Task<int> RunAsync(params string[] arguments)
    {
        string? Variable(string name) => Environment.GetValueOrDefault(name);
        Sessions = new FakeSessions(new FakeGrains(Run, Cluster), HasCluster, IsRunning);
        var services = new ClientServices
        {
            Terminal = new Terminal(_output, _error, outputIsTerminal: false, errorIsTerminal: false, new Redactor(Variable)),
            Environment = Variable,
            WorkingFolder = WorkingFolder,
            Time = new SelfRunningTime(),
            Home = HomeFolder.Locate(Variable, WorkingFolder),
            Sessions = Sessions,
            Tracking = Tracking,
            Tasks = new FakeTasks(),
            ListenForInterrupts = () => this,
            Datasets = this,
            OpenStores = () => new ObjectStores(new ObjectStoreOptions { LocalFolder = Path.Combine(WorkingFolder, "store") }),
            ShippedDatasets = new ShippedDatasets(AppContext.BaseDirectory),
            DoctorChecks = () => Checks,
        };
        return new CommandLine(services).RunAsync(arguments);
    }

    public void Dispose()
    {
        // The harness outlives the listening of one command.
    }

    private sealed class LineSignal : StringWriter
    {
        private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> First => _first.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            _first.TrySetResult(value ?? "");
        }
    }

    /// <summary>Moves to the moment a timer is due as soon as it is set.</summary>
    private sealed class SelfRunningTime : TimeProvider
    {
        private readonly FakeTimeProvider _time = new();

        public override long TimestampFrequency => _time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

        public override long GetTimestamp() => _time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = _time.CreateTimer(callback, state, dueTime, period);
            if (dueTime > TimeSpan.Zero && dueTime <= TimeSpan.FromSeconds(1))
            {
                _time.Advance(dueTime);
            }

            return timer;
        }
    }
}

using OrleansTrain.Harness.Processes;

namespace OrleansTrain.Harness.Servers;

/// <summary>The MLflow-shaped server of <c>orleanstrain tracking</c>, a process of its own.</summary>
public sealed class TrackingServer : IAsyncDisposable
{
    private readonly string _folder;
    private ManagedProcess? _process;

    private TrackingServer(string folder) => _folder = folder;

    /// <summary>On the loopback.</summary>
    public int Port { get; } = FreePorts.Take();

    /// <summary>Starts one.</summary>
    /// <param name="folder">For its database and artifacts.</param>
    public static async Task<TrackingServer> Start(string folder)
    {
        var server = new TrackingServer(folder);
        await server.Start();
        return server;
    }

    /// <summary>Starts it again, with its data.</summary>
    public async Task Start()
    {
        _process = ManagedProcess.Start(
            "tracking server", "dotnet", [Checkout.Client, "tracking", "--port", $"{Port}"], new Dictionary<string, string?> { ["ORLEANSTRAIN_HOME"] = _folder });
        await _process.WaitForLine("tracking server of", TimeSpan.FromSeconds(30));
    }

    /// <summary>Kills it.</summary>
    public async Task Stop()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Stop());
}

using OrleansTrain.Harness.Processes;

namespace OrleansTrain.Harness.Servers;

/// <summary>A real redis-server that keeps its data over a restart.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string? _password;
    private ManagedProcess? _process;

    private RedisServer(string folder, string? password)
    {
        (_folder, _password) = (folder, password);
        Directory.CreateDirectory(folder);
    }

    /// <summary>On the loopback.</summary>
    public int Port { get; } = FreePorts.Take();

    /// <summary>Starts one.</summary>
    /// <param name="folder">For its data.</param>
    /// <param name="password">Asked of clients; null: none.</param>
    public static async Task<RedisServer> Start(string folder, string? password = null)
    {
        var server = new RedisServer(folder, password);
        await server.Start();
        return server;
    }

    /// <summary>Starts it again, with its data.</summary>
    public async Task Start()
    {
        var arguments = new List<string> { "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always" };
        if (_password is not null)
        {
            arguments.AddRange(["--requirepass", _password]);
        }

        _process = ManagedProcess.Start("redis-server", "redis-server", arguments);
        await _process.WaitForLine("Ready to accept connections", TimeSpan.FromSeconds(20));
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

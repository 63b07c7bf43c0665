using System.Diagnostics;
using System.Net.Sockets;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Hosting.Tests.Servers;

/// <summary>A real Redis with arguments of the test's, on a free port. Stopped and removed when disposed.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private RedisServer(int port, string[] arguments)
    {
        Port = port;
        _process = Process.Start(new ProcessStartInfo("redis-server", ["--save", "", "--dir", _folder.Path, .. arguments]) { RedirectStandardOutput = true })!;
        _process.BeginOutputReadLine();
    }

    public int Port { get; }

    /// <param name="arguments">Given the port: what redis-server takes.</param>
    public static async Task<RedisServer> Start(Func<int, string[]> arguments)
    {
        var port = FreePort.Find(1)[0];
        var server = new RedisServer(port, arguments(port));
        for (var deadline = DateTime.UtcNow.AddSeconds(30); ;)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", port);
                return server;
            }
            catch (SocketException) when (DateTime.UtcNow < deadline && !server._process.HasExited)
            {
                await Task.Yield();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}

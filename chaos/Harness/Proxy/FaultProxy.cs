using System.Net;
using System.Net.Sockets;

namespace OrleansTrain.Harness.Proxy;

/// <summary>Stands before a server on the loopback and can do to its connections what networks and servers do. Thread-safe.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private readonly HashSet<ProxyConnection> _connections = [];
    private readonly Task _accepting;
    private TaskCompletionSource _faultChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ProxyFault _fault = ProxyFault.None;

    /// <summary>Starts to listen.</summary>
    /// <param name="targetPort">The server's port on the loopback.</param>
    public FaultProxy(int targetPort)
    {
        TargetPort = targetPort;
        Port = FreePorts.Take();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start(512);
        _accepting = Accept();
    }

    /// <summary>Where clients connect.</summary>
    public int Port { get; }

    /// <summary>Where connections made from now on lead.</summary>
    public int TargetPort { get; set; }

    /// <summary>What happens to connections, those there are as well as new ones.</summary>
    public ProxyFault Fault
    {
        get => _fault;
        set
        {
            TaskCompletionSource changed;
            ProxyConnection[] open;
            lock (_lock)
            {
                _fault = value;
                changed = _faultChanged;
                _faultChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                open = [.. _connections];
            }

            changed.SetResult();
            // A connection that was stalled or is kept open would show nothing of the new fault.
            if (value is not ProxyFault.Stall)
            {
                foreach (var connection in open)
                {
                    connection.Reset();
                }
            }
        }
    }

    /// <summary>Resets the connections there are; new ones pass.</summary>
    public void CutAll() => Fault = _fault;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        Fault = new ProxyFault.Reset();
        await _accepting;
        _closing.Dispose();
    }

    /// <summary>Returns when the fault is another one.</summary>
    internal Task FaultChanged
    {
        get
        {
            lock (_lock)
            {
                return _faultChanged.Task;
            }
        }
    }

    private async Task Accept()
    {
        while (!_closing.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_closing.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException && _closing.IsCancellationRequested)
            {
                return;
            }

            _ = Serve(client);
        }
    }

    private async Task Serve(Socket client)
    {
        using var connection = new ProxyConnection(this, client);
        lock (_lock)
        {
            _connections.Add(connection);
        }

        try
        {
            await connection.Run();
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One of the two ends is gone, or was cut by a fault: so is the other, see Reset.
        }
        finally
        {
            connection.Reset();
            lock (_lock)
            {
                _connections.Remove(connection);
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using OrleansTrain.Exchange.Hub;

namespace OrleansTrain.Exchange.Tcp;

/// <summary>
/// The listening socket of a silo's tensor channel. A connection gets a thread and some hundred bytes until it has proved who it is; of those
/// there are only so many at a time. Thread-safe.
/// </summary>
internal sealed class ChannelListener : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Key, TcpChannel> _expected = new();
    private readonly ExchangeHubOptions _options;
    private readonly Socket _socket;
    private readonly SemaphoreSlim _unauthenticated;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <exception cref="InvalidOperationException">The address cannot be listened on.</exception>
    public ChannelListener(ExchangeHubOptions options)
    {
        _options = options;
        _unauthenticated = new SemaphoreSlim(options.MaxUnauthenticated);
        _socket = new Socket(options.ListenAddress.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(new IPEndPoint(options.ListenAddress, options.Port));
            _socket.Listen();
        }
        catch (SocketException error)
        {
            _socket.Dispose();
            throw new InvalidOperationException(
                $"The tensor channel cannot listen on {options.ListenAddress}:{options.Port}: {error.Message}. Choose another address or port (0: any free one).", error);
        }

        _accepting = Task.Run(Accept);
    }

    /// <summary>The port it listens on.</summary>
    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Lets a silo of a session connect.</summary>
    public void Expect(TcpChannel channel) => _expected[new Key(channel.Plan.RunId, channel.Plan.Attempt, channel.Plan.Self, channel.Peer)] = channel;

    /// <summary>Lets it no more.</summary>
    public void Forget(TcpChannel channel) =>
        _expected.TryRemove(new(new Key(channel.Plan.RunId, channel.Plan.Attempt, channel.Plan.Self, channel.Peer), channel));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _accepting;
    }

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _unauthenticated.WaitAsync(_stop.Token);
                var socket = await _socket.AcceptAsync(_stop.Token);
                new Thread(() => Greet(socket)) { IsBackground = true, Name = "tensor channel handshake" }.Start();
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The one who wanted in has gone again; others may come.
                _unauthenticated.Release();
            }
        }
    }

    private void Greet(Socket socket)
    {
        var admitted = false;
        try
        {
            var accepted = Handshake.Accept(socket, Find, _options.HandshakeTimeout);
            admitted = accepted is { } known && known.Channel.Admit(socket, known.Session);
        }
        catch (Exception error) when (error is SocketException or HandshakeException or ObjectDisposedException)
        {
            // Whoever it was has not proved to be of a session: it is no session's error. The one that it keeps waiting says so itself.
        }
        finally
        {
            _unauthenticated.Release();
            if (!admitted)
            {
                socket.Dispose();
            }
        }
    }

    private TcpChannel? Find(Hello hello) => _expected.GetValueOrDefault(new Key(hello.RunId, hello.Attempt, hello.To, hello.From));

    private readonly record struct Key(string RunId, int Attempt, int Self, int Peer);
}

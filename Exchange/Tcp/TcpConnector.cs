using System.Net;
using System.Net.Sockets;
using OrleansTrain.Exchange.Hub;

namespace OrleansTrain.Exchange.Tcp;

/// <summary>
/// Connects to another silo's tensor channel, in blocking calls on a thread of its own: a socket that has once been used asynchronously is never
/// again as fast.
/// </summary>
internal sealed class TcpConnector(ExchangePlan plan, int peer, byte[] digest, ExchangeHubOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Connects and shakes hands; tries again as long as the other silo has not opened the session yet.</summary>
    /// <returns>The socket and the number of the session.</returns>
    public async Task<(Socket Socket, ulong Session)> Connect(CancellationToken cancellationToken)
    {
        HandshakeException? early = null;
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await ConnectOnce(cancellationToken);
            }
            catch (Exception) when (early is not null && cancellationToken.IsCancellationRequested)
            {
                // Time ran out in the middle of a further try: what the other silo has said until then tells more.
                throw early;
            }
            catch (HandshakeException error) when (error.IsEarly)
            {
                early = error;
                await Task.Delay(pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (cancellationToken.IsCancellationRequested)
                {
                    throw;
                }
            }
        }
    }

    private async Task<(Socket Socket, ulong Session)> ConnectOnce(CancellationToken cancellationToken)
    {
        var endpoint = plan.Silos[peer].Endpoint;
        SocketException? last = null;
        foreach (var address in await Dns.GetHostAddressesAsync(endpoint.Address, cancellationToken))
        {
            try
            {
                return await Connect(new IPEndPoint(address, endpoint.Port), cancellationToken);
            }
            catch (SocketException error)
            {
                last = error;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private async Task<(Socket Socket, ulong Session)> Connect(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Closing is what ends a blocking connect.
            await using var cancel = cancellationToken.Register(socket.Dispose);
            var session = await Task.Factory.StartNew(
                () =>
                {
                    socket.Connect(address);
                    return Handshake.Connect(socket, plan, peer, digest, options.ConnectTimeout);
                },
                cancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
            return (socket, session);
        }
        catch (Exception error)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (error is ObjectDisposedException)
            {
                throw new SocketException((int)SocketError.OperationAborted);
            }

            throw;
        }
    }
}

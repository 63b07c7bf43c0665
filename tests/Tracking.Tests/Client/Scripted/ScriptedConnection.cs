using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace OrleansTrain.Tracking.Tests.Client.Scripted;

/// <summary>One accepted connection.</summary>
internal sealed class ScriptedConnection(Socket socket, CancellationToken stop)
{
    /// <summary>Completes when the server stops: a server that never answers awaits it.</summary>
    public Task Forever => new TaskCompletionSource().Task.WaitAsync(stop);

    public NetworkStream Stream() => new(socket, ownsSocket: false);

    /// <summary>Head and body of a request whose length is given.</summary>
    public async Task<string> ReadRequestAsync()
    {
        var text = new StringBuilder();
        var block = new byte[64 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(block, stop);
            text.Append(Encoding.UTF8.GetString(block, 0, read));
            var request = text.ToString();
            var head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0 || (head >= 0 && request.Length - head - 4 >= BodyLength(request)))
            {
                return request;
            }
        }
    }

    public Task SendAsync(string bytes) => socket.SendAsync(Encoding.UTF8.GetBytes(bytes), stop).AsTask();

    /// <summary>Ends the connection with a reset instead of a proper close.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    private static int BodyLength(string request)
    {
        const string header = "Content-Length:";
        var start = request.IndexOf(header, StringComparison.OrdinalIgnoreCase);
        return start < 0
            ? 0
            : int.Parse(request.AsSpan(start + header.Length, request.IndexOf('\r', start) - start - header.Length), NumberStyles.Integer, CultureInfo.InvariantCulture);
    }
}

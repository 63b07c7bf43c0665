using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace OrleansTrain.Hosting.Tests.Access;

/// <summary>Two ends of a connection that is no socket.</summary>
internal sealed class ConnectionPair
{
    public ConnectionPair()
    {
        var (there, back) = (new Pipe(), new Pipe());
        Connecting = new DefaultConnectionContext("connecting", new End(back.Reader, there.Writer), null!) { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1) };
        Accepting = new DefaultConnectionContext("accepting", new End(there.Reader, back.Writer), null!) { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 2) };
    }

    public DefaultConnectionContext Connecting { get; }

    public DefaultConnectionContext Accepting { get; }

    private sealed class End(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}

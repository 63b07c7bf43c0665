using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace OrleansTrain.Hosting.Access;

/// <summary>
/// The first bytes on every connection between silos, and between clients and silos, before Orleans' own: both ends say which cluster and
/// version they are of; with a secret, the connecting end proves first that it knows it, then the accepting one.
/// </summary>
internal sealed class Greeting(byte[] cluster, string version, ClusterAccess access, Refusals refusals)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>Middleware of the connecting end.</summary>
    public ConnectionDelegate Connecting(ConnectionDelegate next) => async context =>
    {
        var problem = await Converse(context, Connect);
        if (problem is not null)
        {
            throw refusals.Refused(context.RemoteEndPoint, problem.Value.Status, problem.Value.Text);
        }

        await next(context);
    };

    /// <summary>Middleware of the accepting end.</summary>
    public ConnectionDelegate Accepting(ConnectionDelegate next) => async context =>
    {
        if (await Converse(context, Accept) is { } problem)
        {
            refusals.Refuse(context.RemoteEndPoint, problem.Text);
            await UntilClosed(context);
            return;
        }

        await next(context);
    };

    private async Task<Problem?> Connect(IDuplexPipe pipe, CancellationToken cancellationToken)
    {
        var hello = GreetingMessage.Create((byte)(access.Key is null ? 0 : 1), cluster, version).ToBytes();
        await pipe.Output.WriteAsync(hello, cancellationToken);
        var answer = await Read(pipe.Input, GreetingMessage.Size, cancellationToken);
        if (GreetingMessage.Parse(answer) is not { } message)
        {
            return new Problem(GreetingStatus.OtherVersion, "it does not answer as a silo of this version does");
        }

        if ((GreetingStatus)message.Code != GreetingStatus.Welcome || access.Key is null)
        {
            return Explain((GreetingStatus)message.Code, message.Version);
        }

        var proof = new GreetingProof(access.Key, hello, answer);
        await pipe.Output.WriteAsync(proof.OfConnecting, cancellationToken);
        var verdict = await Read(pipe.Input, 1 + GreetingProof.Size, cancellationToken);
        return (GreetingStatus)verdict[0] == GreetingStatus.Welcome && GreetingProof.Matches(proof.OfAccepting, verdict.AsSpan(1))
            ? null
            : Explain(GreetingStatus.OtherSecret, message.Version);
    }

    private async Task<Problem?> Accept(IDuplexPipe pipe, CancellationToken cancellationToken)
    {
        var hello = await Read(pipe.Input, GreetingMessage.Size, cancellationToken);
        if (GreetingMessage.Parse(hello) is not { } message)
        {
            return new Problem(GreetingStatus.OtherVersion, "it is no silo or client of this version, or wants TLS");
        }

        var status = Judge(message);
        var answer = GreetingMessage.Create((byte)status, cluster, version).ToBytes();
        await pipe.Output.WriteAsync(answer, cancellationToken);
        switch (status)
        {
            case GreetingStatus.OtherCluster:
                return new Problem(status, "it looks for another cluster");
            case GreetingStatus.OtherVersion:
                return new Problem(status, $"it runs version {Printable(message.Version)}, this silo {version}");
            case GreetingStatus.SecretNeeded:
                return new Problem(status, $"it has no {ClusterAccess.SecretVariable}");
            case GreetingStatus.NoSecretHere:
                return new Problem(status, $"it asks for a secret, and this silo has no {ClusterAccess.SecretVariable}");
            case GreetingStatus.Welcome when access.Key is null:
                return null;
        }

        var proof = new GreetingProof(access.Key!, hello, answer);
        var shown = await Read(pipe.Input, GreetingProof.Size, cancellationToken);
        var known = GreetingProof.Matches(proof.OfConnecting, shown);
        byte[] verdict = known ? [(byte)GreetingStatus.Welcome, .. proof.OfAccepting] : [(byte)GreetingStatus.OtherSecret, .. new byte[GreetingProof.Size]];
        await pipe.Output.WriteAsync(verdict, cancellationToken);
        return known ? null : new Problem(GreetingStatus.OtherSecret, $"its {ClusterAccess.SecretVariable} is another one");
    }

    private GreetingStatus Judge(GreetingMessage hello) => hello switch
    {
        _ when !hello.Cluster.AsSpan().SequenceEqual(cluster) => GreetingStatus.OtherCluster,
        _ when hello.Version != version => GreetingStatus.OtherVersion,
        { Code: 0 } when access.Key is not null => GreetingStatus.SecretNeeded,
        { Code: not 0 } when access.Key is null => GreetingStatus.NoSecretHere,
        _ => GreetingStatus.Welcome,
    };

    private Problem? Explain(GreetingStatus status, string other) => status switch
    {
        GreetingStatus.Welcome => null,
        GreetingStatus.OtherCluster => new Problem(status, "it belongs to another cluster now"),
        GreetingStatus.OtherVersion => new Problem(status, $"it runs version {Printable(other)}, this is {version}: run one version everywhere"),
        GreetingStatus.SecretNeeded => new Problem(status, $"it asks for a secret: set {ClusterAccess.SecretVariable} to the silos' one"),
        GreetingStatus.NoSecretHere => new Problem(status, $"it has no secret, and this process has {ClusterAccess.SecretVariable}: set it everywhere or nowhere"),
        _ => new Problem(status, $"{ClusterAccess.SecretVariable} is not the cluster's"),
    };

    private static async Task<Problem?> Converse(ConnectionContext context, Func<IDuplexPipe, CancellationToken, Task<Problem?>> talk)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed);
        patience.CancelAfter(Patience);
        try
        {
            return await talk(context.Transport, patience.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or EndOfStreamException or ConnectionAbortedException or ConnectionResetException)
        {
            return new Problem(null, $"it hung up or said nothing: does one end want TLS ({ClusterAccess.CertificateVariable}) and the other not?");
        }
    }

    // The one who refuses does not hang up first: the other end might lose the answer.
    private static async Task UntilClosed(ConnectionContext context)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed);
        patience.CancelAfter(Farewell);
        try
        {
            var read = await context.Transport.Input.ReadAsync(patience.Token);
            context.Transport.Input.AdvanceTo(read.Buffer.End);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException or ConnectionAbortedException)
        {
            // Gone, or it will be now.
        }
    }

    private static async Task<byte[]> Read(PipeReader input, int size, CancellationToken cancellationToken)
    {
        var read = await input.ReadAtLeastAsync(size, cancellationToken);
        if (read.Buffer.Length < size)
        {
            input.AdvanceTo(read.Buffer.End);
            throw new EndOfStreamException();
        }

        var bytes = read.Buffer.Slice(0, size);
        var message = bytes.ToArray();
        input.AdvanceTo(bytes.End);
        return message;
    }

    // Said by whoever reaches the port: nothing of it may steer a terminal or a log.
    private static string Printable(string text) => string.Concat(text.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-'));

    private readonly record struct Problem(GreetingStatus? Status, string Text);
}

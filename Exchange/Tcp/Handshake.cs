using System.Net.Sockets;
using System.Security.Cryptography;

namespace OrleansTrain.Exchange.Tcp;

/// <summary>
/// Mutual challenge and response on a new connection. The connecting end says who it is; the accepting end proves first that it knows the
/// attempt's secret, then the connecting one. Blocking: runs on a thread of its own.
/// </summary>
internal static class Handshake
{
    /// <summary>The connecting end.</summary>
    /// <returns>The number of the session.</returns>
    /// <exception cref="HandshakeException">The other end is not who it should be, or does not want us.</exception>
    public static ulong Connect(Socket socket, ExchangePlan plan, int to, byte[] digest, TimeSpan timeout)
    {
        var timed = new TimedSocket(socket, timeout);
        var hello = Hello.Create(plan, to, digest).ToBytes();
        timed.Write(hello);
        ThrowUnlessFine(ReadStatus(timed));
        var answer = new byte[Hello.NonceSize + Proof.Size];
        timed.Read(answer);
        var proof = new Proof(plan.Secret, hello, answer[..Hello.NonceSize]);
        if (!Proof.Matches(proof.OfServer, answer.AsSpan(Hello.NonceSize)))
        {
            throw new HandshakeException("has not proved that it knows the secret of this attempt");
        }

        timed.Write(proof.OfClient);
        ThrowUnlessFine(ReadStatus(timed));
        return proof.Session;
    }

    /// <summary>The accepting end.</summary>
    /// <param name="find">Gives the channel that waits for who says hello, or null.</param>
    /// <returns>The channel and the number of the session; null when the connection has been turned away.</returns>
    public static (TcpChannel Channel, ulong Session)? Accept(Socket socket, Func<Hello, TcpChannel?> find, TimeSpan timeout)
    {
        var timed = new TimedSocket(socket, timeout);
        if (ReadHello(timed) is not { } message)
        {
            return null;
        }

        var hello = Hello.Parse(message);
        if (find(hello) is not { } channel)
        {
            timed.Write([(byte)HandshakeStatus.Unknown]);
            return null;
        }

        var nonce = RandomNumberGenerator.GetBytes(Hello.NonceSize);
        var proof = new Proof(channel.Plan.Secret, message, nonce);
        timed.Write([(byte)HandshakeStatus.Fine, .. nonce, .. proof.OfServer]);
        Span<byte> answer = stackalloc byte[Proof.Size];
        timed.Read(answer);
        if (!Proof.Matches(proof.OfClient, answer))
        {
            return null;
        }

        var samePlan = hello.Digest.AsSpan().SequenceEqual(channel.Digest);
        timed.Write([(byte)(samePlan ? HandshakeStatus.Fine : HandshakeStatus.OtherPlan)]);
        return samePlan ? (channel, proof.Session) : null;
    }

    private static byte[]? ReadHello(TimedSocket timed)
    {
        Span<byte> fixedPart = stackalloc byte[Hello.FixedSize];
        timed.Read(fixedPart);
        var runIdLength = Hello.RunIdLength(fixedPart);
        if (runIdLength < 0)
        {
            return null;
        }

        var message = new byte[Hello.FixedSize + runIdLength];
        fixedPart.CopyTo(message);
        timed.Read(message.AsSpan(Hello.FixedSize));
        return message;
    }

    private static HandshakeStatus ReadStatus(TimedSocket timed)
    {
        Span<byte> status = stackalloc byte[1];
        timed.Read(status);
        return (HandshakeStatus)status[0];
    }

    private static void ThrowUnlessFine(HandshakeStatus status)
    {
        if (status != HandshakeStatus.Fine)
        {
            throw new HandshakeException(status switch
            {
                HandshakeStatus.Unknown => "has no session open for this attempt that waits for this silo",
                HandshakeStatus.OtherPlan => "has opened this attempt with another plan (model, optimizer, placement or first step): all silos must be given the same one",
                _ => $"answered {(byte)status}, which means nothing here: do all silos run the same build?",
            })
            {
                IsEarly = status == HandshakeStatus.Unknown,
            };
        }
    }
}

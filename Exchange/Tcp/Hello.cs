using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OrleansTrain.Exchange.Tcp;

/// <summary>The first message on a connection: which session it is for, from whom to whom. Says nothing secret.</summary>
internal sealed record Hello(string RunId, int Attempt, int From, int To, byte[] Digest, byte[] Nonce)
{
    /// <summary>Bytes before the run's ID.</summary>
    public const int FixedSize = 8 + 12 + PlanDigest.Size + NonceSize + 2;

    /// <summary>Bytes of the run's ID at most.</summary>
    public const int LongestRunId = 1024;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceSize = 32;

    private static ReadOnlySpan<byte> Magic => "OTXCHG01"u8;

    public static Hello Create(ExchangePlan plan, int to, byte[] digest) =>
        new(plan.RunId, plan.Attempt, plan.Self, to, digest, RandomNumberGenerator.GetBytes(NonceSize));

    /// <summary>Length of the run's ID in the fixed part, or -1 when the bytes are no greeting.</summary>
    public static int RunIdLength(ReadOnlySpan<byte> fixedPart)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[(FixedSize - 2)..]);
        return fixedPart[..8].SequenceEqual(Magic) && length is > 0 and <= LongestRunId ? length : -1;
    }

    public static Hello Parse(ReadOnlySpan<byte> message) => new(
        Encoding.UTF8.GetString(message[FixedSize..]),
        BinaryPrimitives.ReadInt32LittleEndian(message[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(message[12..]),
        BinaryPrimitives.ReadInt32LittleEndian(message[16..]),
        message.Slice(20, PlanDigest.Size).ToArray(),
        message.Slice(20 + PlanDigest.Size, NonceSize).ToArray());

    public byte[] ToBytes()
    {
        var runId = Encoding.UTF8.GetBytes(RunId);
        var message = new byte[FixedSize + runId.Length];
        Magic.CopyTo(message);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), Attempt);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), From);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(16), To);
        Digest.CopyTo(message, 20);
        Nonce.CopyTo(message, 20 + PlanDigest.Size);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(FixedSize - 2), (ushort)runId.Length);
        runId.CopyTo(message, FixedSize);
        return message;
    }
}

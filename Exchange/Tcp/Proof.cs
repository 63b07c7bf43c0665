using System.Security.Cryptography;

namespace OrleansTrain.Exchange.Tcp;

/// <summary>
/// What the two ends of a connection show each other: HMAC-SHA256 over both nonces and everything said, under the secret of the attempt.
/// The role is part of what is hashed, so that an answer cannot be played back to the one who gave it.
/// </summary>
internal sealed class Proof(ReadOnlyMemory<byte> secret, byte[] hello, byte[] serverNonce)
{
    /// <summary>Bytes of a proof.</summary>
    public const int Size = HMACSHA256.HashSizeInBytes;

    public byte[] OfServer => Hash("server"u8);

    public byte[] OfClient => Hash("client"u8);

    /// <summary>A number both ends now know, to mark the session's frames with.</summary>
    public ulong Session => BitConverter.ToUInt64(Hash("session"u8));

    public static bool Matches(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> found) => CryptographicOperations.FixedTimeEquals(expected, found);

    private byte[] Hash(ReadOnlySpan<byte> role)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret.Span);
        hmac.AppendData(role);
        hmac.AppendData(serverNonce);
        hmac.AppendData(hello);
        return hmac.GetHashAndReset();
    }
}

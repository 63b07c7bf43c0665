using System.Security.Cryptography;

namespace OrleansTrain.Hosting.Access;

/// <summary>
/// What the two ends show each other: HMAC-SHA256 over both messages under the cluster's key. The role is part of it, so that an answer cannot
/// be played back to the one who gave it.
/// </summary>
internal sealed class GreetingProof(byte[] key, byte[] hello, byte[] answer)
{
    /// <summary>Bytes of a proof.</summary>
    public const int Size = HMACSHA256.HashSizeInBytes;

    public byte[] OfConnecting => Hash("connecting"u8);

    public byte[] OfAccepting => Hash("accepting"u8);

    public static bool Matches(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> found) => CryptographicOperations.FixedTimeEquals(expected, found);

    private byte[] Hash(ReadOnlySpan<byte> role)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(role);
        hmac.AppendData(hello);
        hmac.AppendData(answer);
        return hmac.GetHashAndReset();
    }
}

using System.Security.Cryptography;
using System.Text;

namespace OrleansTrain.Hosting.Access;

/// <summary>
/// What each end says first on a connection, of one size for both: who it is and a fresh nonce. <paramref name="Code"/> is 1 or 0 from the
/// connecting end (it has a secret, or none), a <see cref="GreetingStatus"/> from the accepting one.
/// </summary>
internal sealed record GreetingMessage(byte Code, byte[] Cluster, string Version, byte[] Nonce)
{
    /// <summary>Bytes of a message.</summary>
    public const int Size = 8 + 1 + SHA256.HashSizeInBytes + VersionSize + NonceSize;

    private const int VersionSize = 32;

    private const int NonceSize = 32;

    private static ReadOnlySpan<byte> Magic => "OTJOIN01"u8;

    public static GreetingMessage Create(byte code, byte[] cluster, string version) => new(code, cluster, version, RandomNumberGenerator.GetBytes(NonceSize));

    /// <summary>Which cluster: the same for all who name it alike.</summary>
    public static byte[] ClusterOf(string serviceId, string clusterId) => SHA256.HashData(Encoding.UTF8.GetBytes($"{serviceId}\n{clusterId}"));

    /// <returns>Null when the bytes are something else.</returns>
    public static GreetingMessage? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!bytes[..8].SequenceEqual(Magic))
        {
            return null;
        }

        var rest = bytes[9..];
        return new GreetingMessage(
            bytes[8],
            rest[..SHA256.HashSizeInBytes].ToArray(),
            Encoding.ASCII.GetString(rest.Slice(SHA256.HashSizeInBytes, VersionSize)).TrimEnd('\0'),
            rest[(SHA256.HashSizeInBytes + VersionSize)..].ToArray());
    }

    public byte[] ToBytes()
    {
        var version = new byte[VersionSize];
        Encoding.ASCII.GetBytes(Version.AsSpan(0, Math.Min(Version.Length, VersionSize)), version);
        return [.. Magic, Code, .. Cluster, .. version, .. Nonce];
    }
}

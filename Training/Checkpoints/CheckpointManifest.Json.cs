using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrleansTrain.Training.Checkpoints;

public sealed partial record CheckpointManifest
{
    private static readonly string NoHash = new('0', 64);

    /// <summary>The bytes of <c>manifest.json</c>, with their own hash in them.</summary>
    internal byte[] ToBytes()
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(this with { ManifestSha256 = NoHash }, CheckpointJson.Default.CheckpointManifest);
        var hash = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        // The property stands last, so the last run of zeros is its value.
        hash.CopyTo(bytes.AsSpan(bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(NoHash))));
        return bytes;
    }

    /// <summary>Reads <c>manifest.json</c> and checks it against itself.</summary>
    /// <param name="bytes">The whole object; changed meanwhile.</param>
    /// <exception cref="CheckpointCorruptException">It is malformed, altered or not whole.</exception>
    internal static CheckpointManifest FromBytes(byte[] bytes)
    {
        CheckpointManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(bytes, CheckpointJson.Default.CheckpointManifest) ?? throw new JsonException("found null");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException)
        {
            throw new CheckpointCorruptException($"Malformed: {exception.Message}", exception);
        }

        if (manifest.Format != FormatName || manifest.Version is < 1 or > NewestVersion)
        {
            throw new CheckpointCorruptException(
                $"Expected format {FormatName} of version 1 to {NewestVersion}, found '{manifest.Format}' of version {manifest.Version}.");
        }

        var at = manifest.ManifestSha256.Length == NoHash.Length
            ? bytes.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(manifest.ManifestSha256))
            : -1;
        if (at >= 0)
        {
            Encoding.ASCII.GetBytes(NoHash).CopyTo(bytes.AsSpan(at));
        }

        if (at < 0 || Convert.ToHexStringLower(SHA256.HashData(bytes)) != manifest.ManifestSha256)
        {
            throw new CheckpointCorruptException("Altered: its own SHA-256 does not match.");
        }

        return manifest.FindFault() is { } fault ? throw new CheckpointCorruptException($"Not whole: {fault}.") : manifest;
    }
}

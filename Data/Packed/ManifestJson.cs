using System.Text.Json;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Packed;

/// <summary>Reads manifests and schemas and checks what they say.</summary>
internal static class ManifestJson
{
    /// <exception cref="DatasetException">It is no manifest of packed blocks, of another version, or contradicts itself.</exception>
    public static DatasetManifest ReadManifest(ReadOnlySpan<byte> json, string name)
    {
        DatasetManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, PackedJson.Default.DatasetManifest) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{name} is no dataset manifest: {error.Message}", error);
        }

        if (manifest.Format != DatasetManifest.PackedFormat || manifest.Version != DatasetManifest.CurrentVersion)
        {
            throw new DatasetException(
                $"{name} describes format '{manifest.Format}' version {manifest.Version}; this build reads '{DatasetManifest.PackedFormat}' version {DatasetManifest.CurrentVersion}.");
        }

        Check(manifest, name);
        return manifest;
    }

    /// <exception cref="DatasetException">It is no schema.</exception>
    public static RecordSchema ReadSchema(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            return new RecordSchema(JsonSerializer.Deserialize(json, PackedJson.Default.ColumnArray) ?? throw new JsonException("it is null"));
        }
        catch (Exception error) when (error is JsonException or DatasetException)
        {
            throw new DatasetException($"{name} has no usable schema: {error.Message}", error);
        }
    }

    private static void Check(DatasetManifest manifest, string name)
    {
        try
        {
            var schema = new RecordSchema(manifest.Schema);
            foreach (var (split, blocks) in manifest.Splits)
            {
                if (blocks is null || blocks.Any(block => block is null || block.Records <= 0 || block.Bytes < (long)block.Records * schema.RecordBytes || block.Bytes > int.MaxValue
                    || string.IsNullOrEmpty(block.Key) || string.IsNullOrEmpty(block.Checksum)))
                {
                    throw new DatasetException($"a block of split '{split}' has no key, no checksum or sizes that do not fit the schema");
                }
            }
        }
        catch (DatasetException error)
        {
            throw new DatasetException($"{name} is corrupt: {error.Message}", error);
        }

        var digest = ManifestDigest.Compute(manifest.Schema, manifest.Splits);
        if (manifest.Digest != digest)
        {
            throw new DatasetException($"{name} is corrupt: its digest is {digest}, expected {manifest.Digest}.");
        }
    }
}

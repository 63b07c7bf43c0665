using System.Text.Json.Serialization;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Packed;

/// <summary>
/// The table of contents of a dataset in packed blocks: <c>manifest.json</c> beside them, written last. Immutable.
/// </summary>
public sealed record DatasetManifest
{
    /// <summary>What <see cref="Format"/> says for packed blocks.</summary>
    public const string PackedFormat = "orleanstrain-blocks";

    /// <summary>The version this build writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Key of the manifest below the dataset's prefix.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Always <see cref="PackedFormat"/>.</summary>
    [JsonPropertyName("format")] public required string Format { get; init; }

    /// <summary>Version of the format.</summary>
    [JsonPropertyName("version")] public required int Version { get; init; }

    /// <summary>The dataset's name: the last part of its URI.</summary>
    [JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>Columns of every record of every split.</summary>
    [JsonPropertyName("schema")] public required IReadOnlyList<Column> Schema { get; init; }

    /// <summary>Blocks of each split (<c>train</c>, <c>test</c> …), in order.</summary>
    [JsonPropertyName("splits")] public required IReadOnlyDictionary<string, IReadOnlyList<PackedBlockEntry>> Splits { get; init; }

    /// <summary>
    /// SHA-256 over schema, splits, record counts and the blocks' checksums: the same data has the same digest in any store.
    /// </summary>
    [JsonPropertyName("digest")] public required string Digest { get; init; }
}

/// <summary>One packed block of a manifest. Immutable.</summary>
/// <param name="Key">Object key below the dataset's prefix; it contains the checksum, so an object never changes under a manifest.</param>
/// <param name="Bytes">Length of the object.</param>
/// <param name="Records">Records in it.</param>
/// <param name="Checksum">XxHash3 of the records, 16 hexadecimal digits.</param>
public sealed record PackedBlockEntry(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("bytes")] long Bytes,
    [property: JsonPropertyName("records")] int Records,
    [property: JsonPropertyName("checksum")] string Checksum);

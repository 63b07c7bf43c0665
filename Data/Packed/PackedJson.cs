using System.Text.Json.Serialization;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Packed;

/// <summary>The JSON of packed datasets, without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, MaxDepth = 16, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DatasetManifest))]
[JsonSerializable(typeof(Column[]))]
internal sealed partial class PackedJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace OrleansTrain.Data.Text;

/// <summary>The JSON of notes, without reflection.</summary>
[JsonSerializable(typeof(TextNote))]
internal sealed partial class TextJson : JsonSerializerContext;

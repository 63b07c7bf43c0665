using System.Text.Json.Serialization;

namespace OrleansTrain.Client.Sessions;

/// <summary>Serialization without reflection, for the start.</summary>
[JsonSerializable(typeof(RunningRuns.Entry))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class RunningRunsJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansTrain.Harness.Cluster;

/// <summary>What <c>--json</c> says of a run, as far as the harness looks at it.</summary>
public sealed record RunOutcome
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>MLflow's ID of the run.</summary>
    public required string RunId { get; init; }

    /// <summary><c>FINISHED</c>, <c>FAILED</c>, <c>KILLED</c> or, of one that goes on, <c>RUNNING</c> or <c>SCHEDULED</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Epochs completed.</summary>
    public int Epochs { get; init; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; init; }

    /// <summary>Attempts that failed.</summary>
    public int Restarts { get; init; }

    /// <summary>Hash of the model; null before the first checkpoint.</summary>
    [JsonPropertyName("weights_sha256")]
    public string? WeightsSha256 { get; init; }

    /// <summary>Where the newest checkpoint is.</summary>
    public string? CheckpointUri { get; init; }

    /// <summary>Why a run failed.</summary>
    public string? Error { get; init; }

    /// <summary>Reads standard output, which is exactly one object.</summary>
    public static RunOutcome Parse(string json) =>
        JsonSerializer.Deserialize<RunOutcome>(json, Format) ?? throw new FormatException("null in place of a run");
}

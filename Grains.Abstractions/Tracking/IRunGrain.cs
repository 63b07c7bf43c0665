using Orleans.Concurrency;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Grains.Abstractions.Tracking;

/// <summary>
/// The only writer to MLflow for its run: keeps what is to be written in persistent order, sends it in batches, retries it with the same
/// timestamps, and lets each (key, step) through once. Key: the MLflow run ID.
/// </summary>
/// <remarks>Every call returns when its content is stored here, whether or not MLflow can be reached.</remarks>
[Alias("OrleansTrain.IRunGrain")]
public interface IRunGrain : IGrainWithStringKey
{
    /// <summary>Logs params; those logged before are left out.</summary>
    [Alias("LogParams")]
    Task LogParams(IReadOnlyDictionary<string, string> parameters);

    /// <summary>Logs metric points; a (key, step) that was accepted before is left out.</summary>
    [Alias("LogMetrics")]
    Task LogMetrics(IReadOnlyList<MetricPoint> points);

    /// <summary>Sets tags; the last value of a key wins.</summary>
    [Alias("SetTags")]
    Task SetTags(IReadOnlyDictionary<string, string> tags);

    /// <summary>Uploads small content as an artifact of the run, replacing one of the same path.</summary>
    [Alias("LogArtifact")]
    Task LogArtifact(string path, byte[] content);

    /// <summary>Uploads objects of the object store below <paramref name="sourceUri"/> as artifacts below <paramref name="path"/>.</summary>
    [Alias("LogArtifactsFrom")]
    Task LogArtifactsFrom(string path, string sourceUri, IReadOnlyList<string> names);

    /// <summary>Logs the dataset as an input of the run.</summary>
    [Alias("LogDataset")]
    Task LogDataset(DatasetInput dataset);

    /// <summary>Sets the run's status in MLflow: RUNNING again after a resume, or a final one.</summary>
    [Alias("SetStatus")]
    Task SetStatus(string status, DateTimeOffset? endTime);

    /// <summary>Waits until everything is delivered, at most <paramref name="patience"/>; returns what is left.</summary>
    [Alias("Flush"), AlwaysInterleave, ResponseTimeout("00:05:00")]
    Task<OutboxStatus> Flush(TimeSpan patience);

    /// <summary>What has not been delivered yet.</summary>
    [Alias("GetOutbox"), AlwaysInterleave]
    Task<OutboxStatus> GetOutbox();
}

/// <summary>One point of a metric. The timestamp is in milliseconds since the Unix epoch and stays the same through all retries.</summary>
[GenerateSerializer, Alias("OrleansTrain.MetricPoint"), Immutable]
public readonly record struct MetricPoint([property: Id(0)] string Key, [property: Id(1)] double Value, [property: Id(2)] long Step, [property: Id(3)] long TimestampMilliseconds);

/// <summary>A dataset as MLflow shows it under a run. <paramref name="Source"/> and <paramref name="Schema"/> are JSON.</summary>
[GenerateSerializer, Alias("OrleansTrain.DatasetInput"), Immutable]
public sealed record DatasetInput([property: Id(0)] string Name, [property: Id(1)] string Digest, [property: Id(2)] string Source, [property: Id(3)] string Schema, [property: Id(4)] string Context);

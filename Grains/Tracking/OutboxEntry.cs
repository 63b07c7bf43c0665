using OrleansTrain.Grains.Abstractions.Tracking;

namespace OrleansTrain.Grains.Tracking;

/// <summary>Something to be written to MLflow, in the order it was accepted.</summary>
[GenerateSerializer, Alias("OrleansTrain.OutboxEntry"), Immutable]
internal abstract record OutboxEntry([property: Id(0)] DateTimeOffset AcceptedAt);

[GenerateSerializer, Alias("OrleansTrain.MetricEntry"), Immutable]
internal sealed record MetricEntry(DateTimeOffset AcceptedAt, [property: Id(0)] MetricPoint Point) : OutboxEntry(AcceptedAt);

[GenerateSerializer, Alias("OrleansTrain.ParamEntry"), Immutable]
internal sealed record ParamEntry(DateTimeOffset AcceptedAt, [property: Id(0)] string Key, [property: Id(1)] string Value) : OutboxEntry(AcceptedAt);

[GenerateSerializer, Alias("OrleansTrain.TagEntry"), Immutable]
internal sealed record TagEntry(DateTimeOffset AcceptedAt, [property: Id(0)] string Key, [property: Id(1)] string Value) : OutboxEntry(AcceptedAt);

[GenerateSerializer, Alias("OrleansTrain.StatusEntry"), Immutable]
internal sealed record StatusEntry(DateTimeOffset AcceptedAt, [property: Id(0)] string Status, [property: Id(1)] DateTimeOffset? EndTime) : OutboxEntry(AcceptedAt);

[GenerateSerializer, Alias("OrleansTrain.ArtifactEntry"), Immutable]
internal sealed record ArtifactEntry(DateTimeOffset AcceptedAt, [property: Id(0)] string Path, [property: Id(1)] byte[] Content) : OutboxEntry(AcceptedAt);

/// <summary>An artifact whose content stays in the object store until it is uploaded.</summary>
[GenerateSerializer, Alias("OrleansTrain.StoredArtifactEntry"), Immutable]
internal sealed record StoredArtifactEntry(DateTimeOffset AcceptedAt, [property: Id(0)] string Path, [property: Id(1)] string SourceUri) : OutboxEntry(AcceptedAt);

[GenerateSerializer, Alias("OrleansTrain.DatasetEntry"), Immutable]
internal sealed record DatasetEntry(DateTimeOffset AcceptedAt, [property: Id(0)] DatasetInput Dataset) : OutboxEntry(AcceptedAt);

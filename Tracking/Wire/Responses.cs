namespace OrleansTrain.Tracking.Wire;

internal sealed record EmptyResponse;

internal sealed record ErrorResponse(string? ErrorCode = null, string? Message = null);

internal sealed record CreateExperimentResponse(string ExperimentId);

internal sealed record ExperimentResponse(MlflowExperiment Experiment);

internal sealed record SearchExperimentsResponse(IReadOnlyList<MlflowExperiment>? Experiments = null, string? NextPageToken = null);

internal sealed record RunResponse(MlflowRun Run);

internal sealed record UpdateRunResponse(MlflowRunInfo RunInfo);

internal sealed record SearchRunsResponse(IReadOnlyList<MlflowRun>? Runs = null, string? NextPageToken = null);

internal sealed record MetricHistoryResponse(IReadOnlyList<MlflowMetric>? Metrics = null, string? NextPageToken = null);

internal sealed record ListArtifactsResponse(IReadOnlyList<MlflowArtifact>? Files = null);

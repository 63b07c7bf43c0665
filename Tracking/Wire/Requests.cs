namespace OrleansTrain.Tracking.Wire;

internal sealed record CreateExperimentRequest(string Name);

internal sealed record SearchExperimentsRequest(
    string? Filter, IReadOnlyList<string>? OrderBy, MlflowViewType ViewType, int MaxResults, string? PageToken);

internal sealed record CreateRunRequest(
    string ExperimentId, string? RunName, long StartTime, string? UserId, IReadOnlyList<MlflowTag>? Tags);

internal sealed record UpdateRunRequest(string RunId, MlflowRunStatus? Status, long? EndTime, string? RunName);

internal sealed record SearchRunsRequest(
    IReadOnlyList<string> ExperimentIds,
    string? Filter,
    IReadOnlyList<string>? OrderBy,
    MlflowViewType RunViewType,
    int MaxResults,
    string? PageToken);

internal sealed record LogBatchRequest(
    string RunId, IReadOnlyList<MlflowMetric>? Metrics, IReadOnlyList<MlflowParam>? Params, IReadOnlyList<MlflowTag>? Tags);

internal sealed record SetTagRequest(string RunId, string Key, string Value);

internal sealed record DeleteTagRequest(string RunId, string Key);

internal sealed record LogInputsRequest(string RunId, IReadOnlyList<MlflowDatasetInput> Datasets);

namespace OrleansTrain.Tracking;

/// <summary>A dataset used by a run, and tags that say for what (<c>mlflow.data.context</c> = <c>training</c>).</summary>
public sealed record MlflowDatasetInput(MlflowDataset Dataset, IReadOnlyList<MlflowTag> Tags);

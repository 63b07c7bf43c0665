namespace OrleansTrain.Tracking;

/// <summary>Identity of a dataset. MLflow requires the first four; <c>Source</c>, <c>Schema</c> and <c>Profile</c> are JSON texts.</summary>
/// <param name="Digest">Fingerprint of the content, at most 36 characters.</param>
/// <param name="SourceType">For example <c>s3</c> or <c>local</c>.</param>
/// <param name="Source">For example <c>{"uri":"s3://datasets/mnist"}</c>.</param>
public sealed record MlflowDataset(
    string Name, string Digest, string SourceType, string Source, string? Schema = null, string? Profile = null);

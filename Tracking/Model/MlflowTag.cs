namespace OrleansTrain.Tracking;

/// <summary>A tag of a run or experiment: the last value set wins. At most 8000 characters are kept by MLflow.</summary>
public sealed record MlflowTag(string Key, string Value = "");

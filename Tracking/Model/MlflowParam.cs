namespace OrleansTrain.Tracking;

/// <summary>A param of a run: written once, then only with the same value. At most 6000 characters.</summary>
public sealed record MlflowParam(string Key, string Value = "");

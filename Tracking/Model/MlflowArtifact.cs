namespace OrleansTrain.Tracking;

/// <summary>A file or folder below a run's artifact root.</summary>
/// <param name="Path">Relative to the run's artifact root, with <c>/</c>.</param>
/// <param name="FileSize">Bytes; 0 for folders.</param>
public sealed record MlflowArtifact(string Path, bool IsDir = false, long FileSize = 0);

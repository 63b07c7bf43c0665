namespace OrleansTrain.Tracking.Server.Artifacts;

/// <param name="Name">Without the folders above.</param>
internal sealed record ArtifactEntry(string Name, bool IsFolder, long Size);

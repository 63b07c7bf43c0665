namespace OrleansTrain.Tracking.Server.Handlers.Registry;

/// <summary>The files of a model.</summary>
/// <param name="RunId">The run that wrote them, or "" where that is not known.</param>
internal sealed record ModelFiles(string Location, string RunId);

using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>Where an experiment's artifacts are said to be.</summary>
internal static class ArtifactLocation
{
    /// <exception cref="MlflowError">The location could lead elsewhere than it seems to.</exception>
    public static void Check(string location)
    {
        if (location.Contains('#', StringComparison.Ordinal) || location.Contains(';', StringComparison.Ordinal))
        {
            throw MlflowError.InvalidParameter("'artifact_location' URL can't include fragments or params.");
        }

        var query = location.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0 && Uri.UnescapeDataString(location[query..]).Contains("..", StringComparison.Ordinal))
        {
            throw MlflowError.InvalidParameter("Invalid query string");
        }
    }
}

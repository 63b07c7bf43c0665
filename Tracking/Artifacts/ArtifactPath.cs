namespace OrleansTrain.Tracking.Artifacts;

/// <summary>Paths of artifacts: relative, with single slashes, never out of the run's folder.</summary>
internal static class ArtifactPath
{
    public static string Check(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path.Split('/').All(IsName)
            ? path
            : throw new MlflowException(
                $"'{path}' is not a valid artifact path: use names separated by single slashes, without '.', '..', backslashes or control characters.",
                MlflowErrorCodes.InvalidParameterValue);
    }

    /// <summary>Percent-encodes each name.</summary>
    public static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static bool IsName(string part) =>
        part is not ("" or "." or "..") && !part.Contains('\\', StringComparison.Ordinal) && !part.Any(char.IsControl);
}

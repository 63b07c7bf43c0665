using OrleansTrain.Tracking.Server.Http;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Artifacts;

/// <summary>Checks what a caller names, so that it never leads out of the artifact folder.</summary>
internal static class ArtifactName
{
    private const int MostDecodings = 10;

    /// <returns>
    /// The name with what was still percent-encoded decoded, as MLflow does, and control characters encoded again. MLflow's client needs
    /// that: <c>log_image(key, step)</c> names its files <c>KEY%step%3%timestamp%17…</c>, and <c>%17</c> reads as a control character.
    /// </returns>
    /// <exception cref="MlflowError">The name could lead elsewhere.</exception>
    public static string Check(string path)
    {
        var decoded = path;
        for (var i = 0; i < MostDecodings && PercentEncoding.Decode(decoded) is var next && next != decoded; i++)
        {
            decoded = next;
        }

        decoded = string.Concat(decoded.Select(static letter => char.IsAscii(letter) && char.IsControl(letter) ? $"%{(int)letter:x2}" : $"{letter}"));
        return IsSafe(decoded) ? decoded : throw MlflowError.InvalidParameter("Invalid path");
    }

    private static bool IsSafe(string path) =>
        !path.StartsWith('/')
        && !path.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        && !path.Contains('#', StringComparison.Ordinal)
        && !path.Contains('\\', StringComparison.Ordinal)
        && !path.Any(char.IsControl)
        && !path.Split('/').Contains("..")
        && !(path.Length >= 2 && path[1] == ':');
}

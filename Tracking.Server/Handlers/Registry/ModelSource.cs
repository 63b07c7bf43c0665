using System.Text.RegularExpressions;
using OrleansTrain.Tracking.Server.Http;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers.Registry;

/// <summary>Where a model version says its files are: an address, never a path of this machine.</summary>
internal static partial class ModelSource
{
    private const int MostDecodings = 10;

    /// <exception cref="MlflowError">The source is local, or could lead elsewhere than it seems to.</exception>
    public static void Check(string source)
    {
        var scheme = Scheme().Match(source).Value;
        if (scheme is "" or "file:")
        {
            var path = scheme.Length == 0 ? source : source[scheme.Length..].Replace("///", "/", StringComparison.Ordinal);
            throw MlflowError.InvalidParameter(
                $"Invalid model version source: '{path}'. To use a local path as a model version source, the run_id request parameter has to be "
                + "specified and the local path has to be contained within the artifact directory of the run specified by the run_id.");
        }

        var decoded = source;
        for (var i = 0; i < MostDecodings && PercentEncoding.Decode(decoded) is var next && next != decoded; i++)
        {
            decoded = next;
        }

        var pathOfSource = Slashes().Replace(Authority().Replace(decoded[scheme.Length..], "").TrimEnd('/'), "/");
        if (decoded.Contains('\0', StringComparison.Ordinal) || decoded.Split('/').Contains("..") || !pathOfSource.StartsWith('/')
            || PosixPath.Normalize(pathOfSource) != pathOfSource)
        {
            throw MlflowError.InvalidParameter(
                $"Invalid model version source: '{source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or "
                + "mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.");
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:", RegexOptions.NonBacktracking)]
    private static partial Regex Scheme();

    [GeneratedRegex("^//[^/]*", RegexOptions.NonBacktracking)]
    private static partial Regex Authority();

    [GeneratedRegex("/+", RegexOptions.NonBacktracking)]
    private static partial Regex Slashes();
}

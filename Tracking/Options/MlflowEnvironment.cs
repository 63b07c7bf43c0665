using System.Globalization;

namespace OrleansTrain.Tracking;

/// <summary>MLflow's environment variables, read as its Python client reads them.</summary>
internal static class MlflowEnvironment
{
    internal const string TrackingUri = "MLFLOW_TRACKING_URI";
    internal const string Username = "MLFLOW_TRACKING_USERNAME";
    internal const string Password = "MLFLOW_TRACKING_PASSWORD";
    internal const string Token = "MLFLOW_TRACKING_TOKEN";
    internal const string InsecureTls = "MLFLOW_TRACKING_INSECURE_TLS";
    internal const string RequestTimeout = "MLFLOW_HTTP_REQUEST_TIMEOUT";

    internal static MlflowClientOptions? Read(Func<string, string?> variable)
    {
        var uri = variable(TrackingUri);
        return string.IsNullOrWhiteSpace(uri)
            ? null
            : new MlflowClientOptions
            {
                TrackingUri = ParseUri(uri.Trim()),
                Username = variable(Username),
                Password = variable(Password),
                Token = variable(Token),
                InsecureTls = ParseFlag(variable(InsecureTls)),
                RequestTimeout = ParseSeconds(variable(RequestTimeout)),
            };
    }

    private static Uri ParseUri(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri
            : throw new FormatException(
                $"{TrackingUri} must be the http:// or https:// address of an MLflow server, found '{WithoutUserInfo(text)}'; "
                + "leave it unset to use the embedded one.");

    private static bool ParseFlag(string? text) => text?.Trim().ToUpperInvariant() switch
    {
        null or "" or "FALSE" or "0" => false,
        "TRUE" or "1" => true,
        _ => throw new FormatException($"{InsecureTls} must be true, false, 1 or 0, found '{text}'."),
    };

    private static TimeSpan ParseSeconds(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return TimeSpan.FromSeconds(MlflowClientOptions.DefaultRequestTimeoutSeconds);
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"{RequestTimeout} must be a whole number of seconds above 0, found '{text}'.");
    }

    /// <summary>A URI that does not parse may still hold a password.</summary>
    private static string WithoutUserInfo(string text)
    {
        var at = text.LastIndexOf('@');
        return at < 0 ? text : string.Concat("…", text.AsSpan(at));
    }
}

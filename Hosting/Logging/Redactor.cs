using System.Text.RegularExpressions;

namespace OrleansTrain.Hosting.Logging;

/// <summary>Takes secrets out of text before a person or a server sees it. Thread-safe.</summary>
public sealed partial class Redactor
{
    private const string Mask = "***";

    // Shorter ones would mask parts of ordinary words, and are no secrets.
    private const int ShortestSecret = 4;

    private static readonly string[] SecretVariables =
    [
        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN",
        "ORLEANSTRAIN_CLUSTER_SECRET", "ORLEANSTRAIN_HTTP_TOKEN", "ORLEANSTRAIN_TRACKING_TOKEN",
    ];

    private readonly string[] _secrets;

    /// <summary>Knows the secrets that the environment holds.</summary>
    public Redactor(Func<string, string?> environment)
    {
        var redis = environment("ORLEANSTRAIN_REDIS") ?? "";
        _secrets = SecretVariables.Select(environment)
            .Concat(RedisPassword().Matches(redis).Select(match => match.Groups[1].Value + match.Groups[2].Value))
            .OfType<string>()
            .Where(secret => secret.Length >= ShortestSecret)
            .OrderByDescending(secret => secret.Length)
            .ToArray();
    }

    /// <summary>The text without known secrets, passwords of URIs, and values of keys that name a secret.</summary>
    public string Clean(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        }

        return NamedSecret().Replace(UserInfo().Replace(text, $"$1{Mask}@"), $"$1{Mask}");
    }

    /// <summary>Whether it holds a secret that is known from the environment, or a URI with a password.</summary>
    public bool HoldsSecret(string text) =>
        Array.Exists(_secrets, secret => text.Contains(secret, StringComparison.Ordinal)) || UriPassword().IsMatch(text);

    // Both notations: host:6379,password=… and redis://user:…@host:6379.
    [GeneratedRegex(@"(?:\bpassword=([^,\s]+)|://[^:/@\s]*:([^@\s]+)@)", RegexOptions.IgnoreCase)]
    private static partial Regex RedisPassword();

    [GeneratedRegex(@"(\b[a-z][a-z0-9+.-]*://)[^/\s@""\\]+@", RegexOptions.IgnoreCase)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]*://[^/\s@:]*:[^/\s@]+@", RegexOptions.IgnoreCase)]
    private static partial Regex UriPassword();

    // Neither runs over the end of a JSON string: what is cleaned may be one.
    [GeneratedRegex(@"(\b[\w.-]*(?:password|passwd|secret|token|api_?key|access_?key)[\w.-]*=)[^,\s;&…""\\]+", RegexOptions.IgnoreCase)]
    private static partial Regex NamedSecret();
}

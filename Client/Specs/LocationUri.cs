namespace OrleansTrain.Client.Specs;

/// <summary>Where data and checkpoints may be.</summary>
internal static class LocationUri
{
    public const string Allowed = "s3://BUCKET/PREFIX or file:///FOLDER, without a user or password in it";

    public static bool IsAllowed(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0
        && uri.Query.Length == 0
        && uri.Fragment.Length == 0
        && !text.Contains("/../", StringComparison.Ordinal)
        && !text.EndsWith("/..", StringComparison.Ordinal)
        && uri.Scheme switch
        {
            "s3" => text.StartsWith("s3://", StringComparison.Ordinal) && uri.Host.Length > 0,
            "file" => text.StartsWith("file:///", StringComparison.Ordinal),
            _ => false,
        };
}

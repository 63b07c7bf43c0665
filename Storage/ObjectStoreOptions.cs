namespace OrleansTrain.Storage;

/// <summary>Where <c>s3://</c> URIs lead: an S3 server, or a local folder when <see cref="Endpoint"/> is null.</summary>
public sealed class ObjectStoreOptions
{
    /// <summary>Folder that stands for the S3 server when none is configured: <c>s3://bucket/key</c> is <c>LocalFolder/bucket/key</c>.</summary>
    public required string LocalFolder { get; init; }

    /// <summary>The S3 server: <c>http://host:9000</c> or <c>https://…</c>. Null: none, use <see cref="LocalFolder"/>.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Access key. Required with <see cref="Endpoint"/>.</summary>
    public string AccessKey { get; init; } = "";

    /// <summary>Secret key. Required with <see cref="Endpoint"/>. Never in a message.</summary>
    public string SecretKey { get; init; } = "";

    /// <summary>Token that belongs to temporary keys; null for lasting ones.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Region that requests are signed for. MinIO's default is <c>us-east-1</c>.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Tries after the first one, for connection loss, 429 and 5xx; the wait doubles each time, with jitter.</summary>
    public int Retries { get; init; } = 6;

    /// <summary>Mean wait before the first retry.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the server may stay silent before a request counts as lost.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most connections to the server at once.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>
    /// Reads <c>AWS_ENDPOINT_URL_S3</c> (else <c>MLFLOW_S3_ENDPOINT_URL</c>), <c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c>,
    /// <c>AWS_SESSION_TOKEN</c> and <c>AWS_REGION</c> (else <c>AWS_DEFAULT_REGION</c>).
    /// </summary>
    /// <exception cref="ObjectStoreException">The endpoint is no http(s) URL, or it is set without keys.</exception>
    public static ObjectStoreOptions FromEnvironment(string localFolder) => FromEnvironment(localFolder, Environment.GetEnvironmentVariable);

    internal static ObjectStoreOptions FromEnvironment(string localFolder, Func<string, string?> read)
    {
        string? First(params string[] names) => names.Select(read).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value))?.Trim();

        return new ObjectStoreOptions
        {
            LocalFolder = localFolder,
            Endpoint = ParseEndpoint(First("AWS_ENDPOINT_URL_S3", "MLFLOW_S3_ENDPOINT_URL")),
            AccessKey = First("AWS_ACCESS_KEY_ID") ?? "",
            SecretKey = First("AWS_SECRET_ACCESS_KEY") ?? "",
            SessionToken = First("AWS_SESSION_TOKEN"),
            Region = First("AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1",
        }.Checked();
    }

    internal ObjectStoreOptions Checked()
    {
        if (Endpoint is not null && (AccessKey.Length == 0 || SecretKey.Length == 0))
        {
            throw new ObjectStoreException(
                $"The S3 server {Endpoint.GetLeftPart(UriPartial.Authority)} is set but its keys are not: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
                ObjectStoreError.AccessDenied);
        }

        return this;
    }

    private static Uri? ParseEndpoint(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
               && uri.AbsolutePath == "/" && uri.Query.Length == 0 && uri.UserInfo.Length == 0
            ? uri
            : throw new ObjectStoreException(
                "The S3 endpoint (AWS_ENDPOINT_URL_S3 or MLFLOW_S3_ENDPOINT_URL) is not of the form http://host:port or https://host:port.",
                ObjectStoreError.InvalidName);
    }
}

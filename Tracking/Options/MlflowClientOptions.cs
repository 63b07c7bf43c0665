namespace OrleansTrain.Tracking;

/// <summary>Where an MLflow server is and how to talk to it. The client copies what it needs at construction.</summary>
public sealed record MlflowClientOptions
{
    /// <summary>Seconds MLflow's own clients wait for an answer.</summary>
    public const int DefaultRequestTimeoutSeconds = 120;

    /// <summary>Default of <see cref="MaxResponseBytes"/>.</summary>
    public const int DefaultMaxResponseBytes = 64 * 1024 * 1024;

    /// <summary>Address of the server, http or https; a path (behind a reverse proxy) and user info are allowed.</summary>
    public required Uri TrackingUri { get; init; }

    /// <summary>User for HTTP basic authentication; goes with <see cref="Password"/> and wins over <see cref="Token"/>.</summary>
    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary>Bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>True: the server's TLS certificate is not checked.</summary>
    public bool InsecureTls { get; init; }

    /// <summary>
    /// How long a whole call may take; for artifacts, how long a transfer may stand still. Connecting has at most 15 s of it.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(DefaultRequestTimeoutSeconds);

    /// <summary>How often a read (GET) that failed for a passing reason is repeated. Writes are never repeated by the client.</summary>
    public int ReadRetries { get; init; }

    /// <summary>Longest JSON answer accepted, so that a broken server cannot exhaust memory. Artifacts are streamed and have no limit.</summary>
    public int MaxResponseBytes { get; init; } = DefaultMaxResponseBytes;

    /// <summary>
    /// Reads MLflow's own variables: <c>MLFLOW_TRACKING_URI</c>, <c>_USERNAME</c>, <c>_PASSWORD</c>, <c>_TOKEN</c>,
    /// <c>_INSECURE_TLS</c> and <c>MLFLOW_HTTP_REQUEST_TIMEOUT</c>. Null when no tracking URI is set.
    /// </summary>
    /// <exception cref="FormatException">A variable has a value that means nothing.</exception>
    public static MlflowClientOptions? FromEnvironment() => MlflowEnvironment.Read(Environment.GetEnvironmentVariable);
}

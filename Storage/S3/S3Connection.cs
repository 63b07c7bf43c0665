using System.Net;
using Minio;
using Polly;
using Polly.Retry;

namespace OrleansTrain.Storage.S3;

/// <summary>The connections to one S3 server, shared by all its buckets. Thread-safe.</summary>
internal sealed class S3Connection : IDisposable
{
    private readonly SocketsHttpHandler _sockets;
    private readonly HttpClient _sdkHttp;

    public S3Connection(ObjectStoreOptions options)
    {
        Endpoint = options.Endpoint!;
        RequestTimeout = options.RequestTimeout;
        Retry = CreateRetry(options);
        _sockets = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = options.MaxConnections,
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,
        };
        _sdkHttp = Client(new S3ListingHandler
        {
            InnerHandler = new S3RetryHandler(Retry) { InnerHandler = new S3FaultHandler(RequestTimeout, buffer: true) { InnerHandler = _sockets } },
        });
        Http = Client(new S3FaultHandler(RequestTimeout, buffer: false) { InnerHandler = _sockets });
        Sdk = new MinioClient()
            .WithEndpoint(Endpoint.Authority)
            .WithSSL(Endpoint.Scheme == Uri.UriSchemeHttps)
            .WithCredentials(options.AccessKey, options.SecretKey)
            .WithRegion(options.Region)
            .WithHttpClient(_sdkHttp);
        if (options.SessionToken is not null)
        {
            Sdk = Sdk.WithSessionToken(options.SessionToken);
        }

        Sdk = Sdk.Build();
    }

    /// <summary>The server, for messages.</summary>
    public Uri Endpoint { get; }

    /// <summary>How long the server may stay silent.</summary>
    public TimeSpan RequestTimeout { get; }

    /// <summary>Repeats what failed for a passing reason: more often for a busy server than for one that is not there.</summary>
    public ResiliencePipeline Retry { get; }

    /// <summary>For presigned requests; the caller retries.</summary>
    public HttpClient Http { get; }

    /// <summary>The SDK; each of its requests is retried below it.</summary>
    public IMinioClient Sdk { get; }

    public void Dispose()
    {
        Sdk.Dispose();
        Http.Dispose();
        _sdkHttp.Dispose();
        _sockets.Dispose();
    }

    private static HttpClient Client(HttpMessageHandler handler) => new(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    private static ResiliencePipeline CreateRetry(ObjectStoreOptions options) => options.Retries == 0
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = options.Retries,
            Delay = options.RetryDelay,
            MaxDelay = TimeSpan.FromSeconds(10),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = static arguments => ValueTask.FromResult(IsTransient(arguments.Outcome.Exception)),
        }).Build();

    private static bool IsTransient(Exception? error) => error switch
    {
        S3Fault fault => fault.IsTransient,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } => false,
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };
}

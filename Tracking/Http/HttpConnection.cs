using System.Net;

namespace OrleansTrain.Tracking.Http;

/// <summary>Sockets to the server.</summary>
internal static class HttpConnection
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(15);

    /// <summary>uvicorn closes an idle connection after 5 s: leave it before, or a write could meet the closing and be lost.</summary>
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(4);

    public static SocketsHttpHandler CreateHandler(MlflowClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.RequestTimeout < LongestConnect ? options.RequestTimeout : LongestConnect,
            MaxResponseHeadersLength = 64,
            PooledConnectionIdleTimeout = LongestIdle,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            UseProxy = !options.TrackingUri.IsLoopback,
        };
        if (options.InsecureTls)
        {
#pragma warning disable CA5359 // Asked for by MLFLOW_TRACKING_INSECURE_TLS.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return handler;
    }
}

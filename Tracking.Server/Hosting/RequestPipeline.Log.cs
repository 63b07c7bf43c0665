using Microsoft.Extensions.Logging;

namespace OrleansTrain.Tracking.Server.Hosting;

internal sealed partial class RequestPipeline
{
    [LoggerMessage(LogLevel.Error, "{Method} {Path}: the tracking folder cannot be read or written")]
    private partial void LogFolder(string method, string path, Exception exception);

    [LoggerMessage(LogLevel.Error, "{Method} {Path}: unexpected failure")]
    private partial void LogUnexpected(string method, string path, Exception exception);
}

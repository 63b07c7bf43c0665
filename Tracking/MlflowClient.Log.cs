using Microsoft.Extensions.Logging;

namespace OrleansTrain.Tracking;

public sealed partial class MlflowClient
{
    [LoggerMessage(LogLevel.Warning, "The param '{Key}' has {Length} characters; MLflow keeps {Limit}, so it is cut and ends in '…'.")]
    private partial void LogParamTruncated(string key, int length, int limit);
}

using Microsoft.Extensions.Logging;

namespace OrleansTrain.Grains.Data;

internal sealed partial class DatasetGrain
{
    [LoggerMessage(LogLevel.Information, "{Uri} split {Split} ({Format}): {Blocks} blocks, {Records} records")]
    private partial void LogOpened(string uri, string split, string format, int blocks, long records);
}

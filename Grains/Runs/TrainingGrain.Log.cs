using Microsoft.Extensions.Logging;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Grains.Runs;

internal sealed partial class TrainingGrain
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: {Warning}")]
    private partial void LogWarned(string runId, string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: attempt {Attempt} starts on {Silos}")]
    private partial void LogAttemptStarts(string runId, int attempt, string silos);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: attempt {Attempt} is taken over where it stands")]
    private partial void LogAdopted(string runId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: attempt {Attempt} failed")]
    private partial void LogAttemptFailed(Exception error, string runId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId}: cannot go on for now")]
    private partial void LogDriveFailed(Exception error, string runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: another activation has taken over")]
    private partial void LogReplaced(string runId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: {Phase}: {Reason}")]
    private partial void LogEnded(string runId, RunPhase phase, string reason);
}

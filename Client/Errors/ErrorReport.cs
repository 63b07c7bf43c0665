using System.Net.Sockets;
using OrleansTrain.Data;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Hosting.Access;
using OrleansTrain.Hosting.Clustering;
using OrleansTrain.Storage;
using OrleansTrain.Tasks;
using OrleansTrain.Tracking;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Client.Errors;

/// <summary>What an exception means to the user: one line and an exit code.</summary>
internal sealed record ErrorReport(string Line, int ExitCode)
{
    public static ErrorReport Of(Exception exception) => exception switch
    {
        UsageException or RunRefusedException or TaskLoadException or FormatException => new(exception.Message, ExitCodes.Usage),
        CommandFailedException or MlflowException or ObjectStoreException or DatasetException or TrackingServerException
            or RedisUnreachableException or NoSilosException or ClusterRefusedException => new(exception.Message, ExitCodes.Failed),
        OperationCanceledException => new("interrupted", ExitCodes.Interrupted),
        AggregateException { InnerExceptions: [var only] } => Of(only),
        OrleansException => new($"the cluster did not answer: {ClusterSilence.Reason(exception)}", ExitCodes.Failed),
        TimeoutException => new($"timed out: {exception.Message}", ExitCodes.Failed),
        SocketException or IOException or UnauthorizedAccessException => new(exception.Message, ExitCodes.Failed),
        _ => new($"unexpected {exception.GetType().Name}: {exception.Message} (--verbose shows where)", ExitCodes.Failed),
    };
}

using OrleansTrain.Hosting.Access;
using OrleansTrain.Hosting.Clustering;
using OrleansTrain.Storage;
using OrleansTrain.Tracking;
using OrleansTrain.Training.Native;

namespace OrleansTrain.Silo;

/// <summary>What ended a silo, for the one who started it: one line, and 2 for what was asked wrongly, 1 for what does not work.</summary>
internal sealed record StartFailure(string Line, int ExitCode)
{
    public static StartFailure Of(Exception error) => error switch
    {
        SiloOptionsException or FormatException => new(error.Message, 2),
        RedisUnreachableException or ClusterRefusedException or ObjectStoreException or MlflowException or TorchUnavailableException or IOException => new(error.Message, 1),
        OperationCanceledException => new("interrupted", 130),
        AggregateException { InnerExceptions: [var only] } => Of(only),
        { InnerException: RedisUnreachableException redis } => Of(redis),
        _ => new($"unexpected {error.GetType().Name}: {error.Message} (--verbose shows where)", 1),
    };
}

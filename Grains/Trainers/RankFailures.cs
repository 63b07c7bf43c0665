using OrleansTrain.Exchange;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Ranks;

namespace OrleansTrain.Grains.Trainers;

/// <summary>What an exception of a rank means to its run.</summary>
internal static class RankFailures
{
    /// <summary>Describes an error for the training grain and the user.</summary>
    /// <param name="step">Where the rank stood, when the error does not say.</param>
    public static RankFailure Describe(Exception error, long step) => error switch
    {
        NonFiniteLossException loss => new(loss.Step, loss.Message, RankFailure.NonFiniteLoss, loss.ToString(), IsTaskError: true),
        TrainingStepException task => new(task.Step, task.Message, (task.InnerException ?? task).GetType().FullName!, task.ToString(), IsTaskError: true),
        PeerLostException or StaleAttemptException => new(step, error.Message, RankFailure.PeerLost, error.ToString(), IsTaskError: false),
        _ => new(step, error.Message, error.GetType().FullName!, error.ToString(), IsTaskError: IsCertain(error)),
    };

    // What is wrong with the spec, the task, the data or the machine is wrong again the next time.
    private static bool IsCertain(Exception error) =>
        error is Training.Replicas.ModelException or Training.Native.DeviceUnavailableException or Training.Native.TorchUnavailableException or OrleansTrain.Data.DatasetException or ArgumentException or InvalidDataException
        or Storage.ObjectStoreException { Error: Storage.ObjectStoreError.Changed };
}

using OrleansTrain.Training;

namespace OrleansTrain.Ranks;

/// <summary>Is told what a rank's loop does, on the rank's own thread between steps: it must return at once and not throw.</summary>
public interface IRankObserver
{
    /// <summary>An epoch is done on this rank.</summary>
    void EpochCompleted(EpochSums sums);

    /// <summary>Every <see cref="RankLoopOptions.LogEverySteps"/> steps: the sums over the steps since the call before.</summary>
    /// <param name="step">Global step after these.</param>
    void StepsCompleted(long step, RunningSums sums, double learningRate);

    /// <summary>
    /// A checkpoint was due after <paramref name="step"/> steps while the last was still being written: it is left out, or, when
    /// <paramref name="deferred"/>, taken at the first step at which it can be.
    /// </summary>
    void CheckpointSkipped(long step, bool deferred);

    /// <summary>Something the user should know: one line.</summary>
    void Warning(string message);
}

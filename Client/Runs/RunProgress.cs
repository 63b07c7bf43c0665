using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Runs;

/// <summary>How far a run is.</summary>
/// <param name="Epoch">The running epoch, from 1.</param>
/// <param name="Step">Steps taken in it.</param>
/// <param name="Left">Time until the last step at the present speed; null while that is unknown.</param>
internal readonly record struct RunProgress(int Epoch, int Epochs, long Step, TimeSpan? Left)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    public static RunProgress Of(RunStatus status)
    {
        var epochs = status.Spec?.Epochs ?? 0;
        var stepsPerEpoch = Math.Max(1, status.StepsPerEpoch);
        var done = Math.Min(status.Step / stepsPerEpoch, Math.Max(0, epochs - 1));
        return new RunProgress((int)done + 1, epochs, status.Step - (done * stepsPerEpoch), TimeLeft(status, epochs));
    }

    /// <summary>Samples all ranks together have trained on so far.</summary>
    public static double Samples(RunStatus status) =>
        status.StepsPerEpoch == 0 ? 0 : (double)status.Step * status.SamplesPerEpoch / status.StepsPerEpoch;

    private static TimeSpan? TimeLeft(RunStatus status, int epochs)
    {
        if (status.SamplesPerSecond <= 0 || status.StepsPerEpoch == 0)
        {
            return null;
        }

        var seconds = (((double)epochs * status.SamplesPerEpoch) - Samples(status)) / status.SamplesPerSecond;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Longest.TotalSeconds));
    }
}

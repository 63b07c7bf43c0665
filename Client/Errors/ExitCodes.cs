using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Errors;

/// <summary>What the process returns.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>As a shell reports a process ended by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>0 only for a run that finished.</summary>
    public static int Of(RunPhase phase) => phase switch
    {
        RunPhase.Finished => Success,
        RunPhase.Killed => Interrupted,
        _ => Failed,
    };
}

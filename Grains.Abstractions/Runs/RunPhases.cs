namespace OrleansTrain.Grains.Abstractions.Runs;

/// <summary>What the phases mean to others.</summary>
public static class RunPhases
{
    /// <summary>Nothing more will happen unless the run is resumed.</summary>
    public static bool IsTerminal(this RunPhase phase) => phase is RunPhase.Finished or RunPhase.Failed or RunPhase.Killed;

    /// <summary>MLflow's name for the phase: RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.</summary>
    public static string ToMlflowStatus(this RunPhase phase) => phase switch
    {
        RunPhase.Finished => "FINISHED",
        RunPhase.Failed => "FAILED",
        RunPhase.Killed => "KILLED",
        RunPhase.Waiting => "SCHEDULED",
        _ => "RUNNING",
    };
}

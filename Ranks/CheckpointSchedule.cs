using OrleansTrain.Exchange;

namespace OrleansTrain.Ranks;

/// <summary>
/// When checkpoints are taken. All ranks decide alike, since they decide from what all of them know: the step's number and what all ranks
/// together asked for in that step (<see cref="StepRequests.Busy"/> among it).
/// </summary>
/// <param name="everySteps">Steps between checkpoints; 0: none by steps.</param>
/// <param name="interval">Time between checkpoints; zero: none by time.</param>
/// <param name="decidesOnTime">This rank's clock counts.</param>
/// <param name="agrees">Ranks that do not exchange cannot agree on anything: each takes those at the end of an epoch, however long that takes.</param>
internal sealed class CheckpointSchedule(long everySteps, TimeSpan interval, bool decidesOnTime, bool agrees)
{
    private long _last = Environment.TickCount64;
    private bool _epochEndDue;

    /// <summary>What to do after a step.</summary>
    public enum Decision
    {
        /// <summary>No checkpoint.</summary>
        None,

        /// <summary>One now.</summary>
        Take,

        /// <summary>One now, however long it takes until the last is written.</summary>
        WaitAndTake,

        /// <summary>One was due and is left out.</summary>
        Skip,

        /// <summary>One was due and will be taken at the first step at which nobody is busy.</summary>
        Defer,
    }

    /// <summary>Whether the clock says that this rank should ask for one.</summary>
    public bool TimeIsUp => decidesOnTime && interval > TimeSpan.Zero && Environment.TickCount64 - _last >= interval.TotalMilliseconds;

    /// <summary>Decides after a step.</summary>
    /// <param name="stepsDone">Steps of the run that are done.</param>
    /// <param name="agreed">What all ranks together asked for.</param>
    public Decision After(long stepsDone, StepRequests agreed, bool endOfEpoch, bool endOfRun)
    {
        var asked = (agreed & StepRequests.Checkpoint) != 0;
        var stop = (agreed & StepRequests.Stop) != 0;
        if (endOfRun || (stop && asked))
        {
            return Decision.WaitAndTake;
        }

        if (!agrees)
        {
            return endOfEpoch ? Decision.WaitAndTake : Decision.None;
        }

        var bySteps = everySteps > 0 && stepsDone % everySteps == 0;
        if (stop || !(endOfEpoch || _epochEndDue || bySteps || asked))
        {
            return Decision.None;
        }

        if ((agreed & StepRequests.Busy) == 0)
        {
            return Decision.Take;
        }

        if (endOfEpoch && !_epochEndDue)
        {
            _epochEndDue = true;
            return Decision.Defer;
        }

        // Asked for again by who asked, or still deferred: only one by steps is lost.
        return bySteps && !_epochEndDue ? Decision.Skip : Decision.None;
    }

    /// <summary>One has been taken.</summary>
    public void Taken()
    {
        _epochEndDue = false;
        _last = Environment.TickCount64;
    }
}

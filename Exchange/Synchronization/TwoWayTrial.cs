namespace OrleansTrain.Exchange.Synchronization;

/// <summary>
/// Finds out which of two ways to do a step takes less time where that is not known beforehand and may change: every <see cref="Pause"/> steps the
/// other way is tried for a few. Medians count, so what holds up single steps does not; the way in use is measured before the trial and after it, so a
/// machine that gets faster or slower meanwhile decides nothing. Used by one thread at a time.
/// </summary>
internal sealed class TwoWayTrial
{
    /// <summary>Steps from one trial to the next.</summary>
    public const int Pause = 512;

    /// <summary>Steps that are measured of each way.</summary>
    public const int Window = 16;

    /// <summary>Steps after a change that still pay for the way before it.</summary>
    public const int Settling = 3;

    // Both ways may be as good: a change has to be worth it.
    private const double Gain = 0.98;

    private readonly long[] _durations = new long[Window];
    private bool _usesSecond;
    private Phase _phase;
    private int _steps;
    private long _before;
    private long _tried;

    private enum Phase
    {
        Pausing,
        Before,
        Trial,
        After,
    }

    /// <summary>Whether the next step is to be done the second way.</summary>
    public bool Second => _usesSecond ^ (_phase == Phase.Trial);

    /// <summary>A step has taken so long, in any unit.</summary>
    public void StepEnded(long duration)
    {
        _steps++;
        if (_phase == Phase.Pausing)
        {
            if (_steps == Pause)
            {
                Enter(Phase.Before);
            }

            return;
        }

        var measured = _steps - (_phase == Phase.Before ? 0 : Settling);
        if (measured > 0)
        {
            _durations[measured - 1] = duration;
        }

        if (measured == Window)
        {
            Measured(Median());
        }
    }

    private void Measured(long median)
    {
        switch (_phase)
        {
            case Phase.Before:
                _before = median;
                Enter(Phase.Trial);
                break;
            case Phase.Trial:
                _tried = median;
                Enter(Phase.After);
                break;
            default:
                _usesSecond ^= _tried < Gain * Math.Min(_before, median);
                Enter(Phase.Pausing);
                break;
        }
    }

    private void Enter(Phase phase) => (_phase, _steps) = (phase, 0);

    private long Median()
    {
        Array.Sort(_durations);
        return _durations[Window / 2];
    }
}

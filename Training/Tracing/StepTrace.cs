using System.Diagnostics;

namespace OrleansTrain.Training.Tracing;

/// <summary>
/// What one rank did in a window of steps, for a timeline. Memory is taken once; a part that finds no room is counted and left out.
/// Written by the rank's own thread; read by any, once <see cref="IsComplete"/>.
/// </summary>
public sealed class StepTrace
{
    private readonly StepTraceEvent[] _events;
    private readonly long _firstStep;
    private readonly long _steps;
    private readonly long _clock = Stopwatch.GetTimestamp();
    private readonly DateTime _time = DateTime.UtcNow;
    private int _count;
    private long _step;
    private bool _isRecording;
    private volatile bool _isComplete;

    /// <summary>Takes the memory.</summary>
    /// <param name="firstStep">First global step to record.</param>
    /// <param name="steps">Steps to record.</param>
    /// <param name="capacity">Parts that are kept at most: 32 bytes each.</param>
    public StepTrace(long firstStep, long steps, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (_firstStep, _steps) = (firstStep, steps);
        _events = new StepTraceEvent[capacity];
    }

    /// <summary>Nothing more will be recorded.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Parts that found no room.</summary>
    public long Dropped { get; private set; }

    /// <summary>What was recorded, in order of the ends of the parts. Read it when <see cref="IsComplete"/>.</summary>
    public ReadOnlySpan<StepTraceEvent> Events => _events.AsSpan(0, _count);

    /// <summary>A step begins.</summary>
    public void BeginStep(long step)
    {
        _step = step;
        _isRecording = !_isComplete && step >= _firstStep && step < _firstStep + _steps;
        if (step >= _firstStep + _steps)
        {
            Complete();
        }
    }

    /// <summary>A part of the step has ended now.</summary>
    /// <param name="since"><see cref="Stopwatch.GetTimestamp"/> at its beginning.</param>
    public void Add(StepPart part, long since)
    {
        if (!_isRecording)
        {
            return;
        }

        if (_count == _events.Length)
        {
            Dropped++;
            return;
        }

        _events[_count++] = new StepTraceEvent(part, _step, since, Stopwatch.GetTimestamp() - since);
    }

    /// <summary>A piece of a part has ended now. Recorded as one with the piece before it, if nothing else was recorded in between.</summary>
    /// <param name="since"><see cref="Stopwatch.GetTimestamp"/> at the piece's beginning.</param>
    public void AddPiece(StepPart part, long since)
    {
        if (_isRecording && _count > 0 && _events[_count - 1] is var last && last.Part == part && last.Step == _step)
        {
            _events[_count - 1] = last with { Duration = Stopwatch.GetTimestamp() - last.Start };
            return;
        }

        Add(part, since);
    }

    /// <summary>Ends the recording, whether or not all steps of the window have come.</summary>
    public void Complete()
    {
        _isRecording = false;
        _isComplete = true;
    }

    /// <summary>A timestamp of the stopwatch as nanoseconds since the Unix epoch, so that silos of several machines share an axis.</summary>
    public long ToUnixNanoseconds(long timestamp) => ((_time - DateTime.UnixEpoch).Ticks * 100) + ToNanoseconds(timestamp - _clock);

    /// <summary>Ticks of the stopwatch in nanoseconds.</summary>
    public static long ToNanoseconds(long ticks) => (long)((Int128)ticks * 1_000_000_000 / Stopwatch.Frequency);
}

/// <summary>A part of a step; times in ticks of <see cref="Stopwatch"/>.</summary>
public readonly record struct StepTraceEvent(StepPart Part, long Step, long Start, long Duration);

using OrleansTrain.Client.Output;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Runs;

/// <summary>Tells what is new in a run's status as lines that stay: phases, completed epochs, restarts, warnings, late tracking.</summary>
internal sealed class RunNarrator(TimeProvider time)
{
    private static readonly TimeSpan LateAfter = TimeSpan.FromSeconds(10);

    // Who attaches to a long run wants its course, not its history.
    private const int MostOldEpochs = 10;

    private readonly HashSet<string> _warnings = new(StringComparer.Ordinal);
    private (RunPhase Phase, string Message) _phase;
    private int _epochs;
    private bool _isTold;
    private bool _isLate;
    private int _lost;

    /// <summary>The lines that <paramref name="status"/> adds to those told before.</summary>
    public IReadOnlyList<string> Tell(RunStatus status)
    {
        var lines = new List<string>();
        if (!_isTold)
        {
            lines.Add(RunLines.Start(status));
            _epochs = Math.Max(0, status.Epochs.Count - MostOldEpochs);
            _isTold = true;
        }

        lines.AddRange(status.Warnings.Where(_warnings.Add).Select(warning => $"warning: {warning}"));

        // A resumed or recovered run goes back to the epochs of its checkpoint.
        _epochs = Math.Min(_epochs, status.Epochs.Count);
        lines.AddRange(status.Epochs.Skip(_epochs).Select(epoch => RunLines.Epoch(status, epoch)));
        _epochs = status.Epochs.Count;
        TellPhase(status, lines);
        TellOutbox(status, lines);
        return lines;
    }

    private void TellPhase(RunStatus status, List<string> lines)
    {
        // While it trains the message changes with every step; the progress line says the same.
        var phase = (status.Phase, status.Phase == RunPhase.Training ? "" : status.Message);
        if (phase != _phase && !status.Phase.IsTerminal())
        {
            lines.Add(RunLines.Phase(status));
        }

        _phase = phase;
    }

    private void TellOutbox(RunStatus status, List<string> lines)
    {
        var isLate = status.Outbox.OldestSince is { } since && time.GetUtcNow() - since > LateAfter;
        if (isLate != _isLate)
        {
            _isLate = isLate;
            lines.Add(isLate
                ? $"warning: tracking is behind, training goes on; {status.Outbox.Pending} measurements wait: {OneLine.Of(status.Outbox.LastError ?? "")}"
                : "tracking has caught up");
        }

        if (status.Outbox.Lost > _lost)
        {
            _lost = status.Outbox.Lost;
            lines.Add($"warning: {_lost} measurements will never be in MLflow: {OneLine.Of(status.Outbox.LastLoss ?? "")}");
        }
    }
}

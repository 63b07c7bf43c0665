using OrleansTrain.Client.Output;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Runs;

/// <summary>Lines for a log: what is new, and every ten seconds where the epoch stands. Shows nothing when the terminal is quiet.</summary>
internal sealed class PlainRunDisplay(Terminal terminal, TimeProvider time) : IRunDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public async Task<RunStatus> ShowAsync(IAsyncEnumerable<RunStatus> changes)
    {
        var narrator = new RunNarrator(time);
        var last = default(RunStatus);
        var shownAt = time.GetTimestamp();
        await foreach (var status in changes)
        {
            last = status;
            foreach (var line in narrator.Tell(status))
            {
                terminal.Note(line);
                shownAt = time.GetTimestamp();
            }

            if (status.Phase == RunPhase.Training && time.GetElapsedTime(shownAt) >= Interval)
            {
                terminal.Note(RunLines.Step(status));
                shownAt = time.GetTimestamp();
            }
        }

        return last!;
    }
}

using OrleansTrain.Client.Output;
using OrleansTrain.Grains.Abstractions.Runs;
using Spectre.Console;

namespace OrleansTrain.Client.Runs;

/// <summary>A bar for the running epoch on a terminal, below the lines that stay.</summary>
internal sealed class LiveRunDisplay(Terminal terminal, TimeProvider time) : IRunDisplay
{
    public async Task<RunStatus> ShowAsync(IAsyncEnumerable<RunStatus> changes)
    {
        var narrator = new RunNarrator(time);
        var last = default(RunStatus);
        await terminal.ErrorConsole.Progress()
            .AutoClear(true)
            .HideCompleted(false)
            .Columns(new SpinnerColumn(), new ProgressBarColumn { Width = 30 }, new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async context =>
            {
                var bar = context.AddTask("starting", maxValue: 1);
                await foreach (var status in changes)
                {
                    last = status;
                    foreach (var line in narrator.Tell(status))
                    {
                        terminal.ErrorConsole.WriteLine(terminal.Redactor.Clean(line));
                    }

                    Show(bar, status);
                }
            });
        return last!;
    }

    private static void Show(ProgressTask bar, RunStatus status)
    {
        var isTraining = status.Phase == RunPhase.Training && status.StepsPerEpoch > 0;
        bar.IsIndeterminate = !isTraining;
        bar.Description = Markup.Escape(isTraining ? RunLines.Step(status) : RunLines.Phase(status));
        if (isTraining)
        {
            bar.MaxValue = status.StepsPerEpoch;
            bar.Value = RunProgress.Of(status).Step;
        }
    }
}

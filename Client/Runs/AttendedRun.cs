using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Hosting;

namespace OrleansTrain.Client.Runs;

/// <summary>A run that a client stays with: shown to its end, cancelled or left by Ctrl-C, and reported.</summary>
internal sealed class AttendedRun(ClientServices services, IClusterSession session, string runId)
{
    private static readonly TimeSpan LongestEmbeddedCancel = TimeSpan.FromSeconds(4);

    private Terminal Terminal => services.Terminal;

    /// <param name="cancelOnInterrupt">True: an interrupt cancels the run. False: it only leaves it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> FollowAsync(bool json, bool cancelOnInterrupt, CancellationToken interrupted)
    {
        using var leave = new CancellationTokenSource();
        var cancelling = Task.CompletedTask;
        await using var registration = interrupted.Register(() => cancelling = cancelOnInterrupt ? CancelAsync(leave) : leave.CancelAsync());
        RunStatus? seen = null;
        try
        {
            var last = await RunDisplays.For(Terminal, services.Time).ShowAsync(Changes());
            await cancelling;
            return Report(RunResult.Of(last), last, json);
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
            if (json && seen is not null)
            {
                Terminal.WriteLine(RunResultJson.Write(RunResult.Of(seen)));
            }

            Terminal.Note(cancelOnInterrupt
                ? $"run {runId} has not ended in time; its last checkpoint is kept"
                : $"left; run {runId} goes on. 'orleanstrain watch {runId}' follows it again");
            return ExitCodes.Interrupted;
        }

        async IAsyncEnumerable<RunStatus> Changes()
        {
            await foreach (var status in new RunFollower(session.Grains, runId, Terminal, services.Time).Changes(leave.Token))
            {
                yield return seen = status;
            }
        }
    }

    private async Task CancelAsync(CancellationTokenSource leave)
    {
        Terminal.Note("stopping the run after the current step; press Ctrl-C again to leave at once");
        try
        {
            await new RunCancel(session.Grains, services.Time).CancelAsync(
                runId, "interrupted by the user", session.IsEmbedded ? LongestEmbeddedCancel : RunCancel.Patience);
        }
        catch (Exception exception) when (ClusterSilence.Is(exception))
        {
            Terminal.Error($"run {runId} could not be cancelled: {ClusterSilence.Reason(exception)}", exception);
            await leave.CancelAsync();
        }
    }

    private int Report(RunResult result, RunStatus last, bool json)
    {
        if (json)
        {
            Terminal.WriteLine(RunResultJson.Write(result));
        }
        else if (Terminal.Verbosity != Verbosity.Quiet)
        {
            RunSummary.Write(Terminal, result);
        }

        if (last.Phase == RunPhase.Failed)
        {
            Terminal.Error($"run {runId} failed: {last.Message}");
            if (Terminal.Verbosity == Verbosity.Verbose && last.Error.Length > 0)
            {
                Terminal.Note(last.Error);
            }
        }

        return ExitCodes.Of(last.Phase);
    }
}

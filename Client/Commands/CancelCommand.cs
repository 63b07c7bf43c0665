using System.CommandLine;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Runs;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Commands;

/// <summary><c>cancel</c>: ends a run as KILLED.</summary>
internal sealed class CancelCommand(ClientServices services)
{
    private readonly Argument<string> _runId = CommonOptions.RunId();

    public Command Create()
    {
        var command = new DocumentedCommand("cancel", "End a run after its current step; its checkpoints are kept.", "orleanstrain cancel RUN_ID")
        {
            _runId,
            CommonOptions.Json,
        };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        var runId = parse.GetRequiredValue(_runId);
        using var interrupts = services.ListenForInterrupts();
        await using var session = await Attachment.OpenAsync(services, runId, interrupts.Requested);
        var run = session.Grains.GetGrain<ITrainingGrain>(runId);
        var before = await run.GetStatus();
        if (before.Phase == RunPhase.Unknown)
        {
            throw new CommandFailedException($"no run {runId} is known here; 'orleanstrain runs' lists those there are");
        }

        if (before.Phase.IsTerminal())
        {
            throw new CommandFailedException($"run {runId} has ended already: {before.Phase.ToMlflowStatus()}");
        }

        RunStatus status;
        try
        {
            status = await new RunCancel(session.Grains, services.Time).CancelAsync(runId, "cancelled by a user", RunCancel.Patience, interrupts.Requested);
        }
        catch (TimeoutException late)
        {
            throw new CommandFailedException($"run {runId} has been told to stop, but has not ended {late.Message}; 'orleanstrain status' shows when it has", late);
        }

        services.Terminal.WriteLine(parse.GetValue(CommonOptions.Json)
            ? RunResultJson.Write(RunResult.Of(status))
            : $"run {runId}: {status.Phase.ToMlflowStatus()}");
        return ExitCodes.Success;
    }
}

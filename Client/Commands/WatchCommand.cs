using System.CommandLine;
using OrleansTrain.Client.Runs;

namespace OrleansTrain.Client.Commands;

/// <summary><c>watch</c>: follows a run that goes on elsewhere. Ctrl-C leaves it going.</summary>
internal sealed class WatchCommand(ClientServices services)
{
    private readonly Argument<string> _runId = CommonOptions.RunId();

    public Command Create()
    {
        var command = new DocumentedCommand("watch", "Follow a run; Ctrl-C leaves it going.", "orleanstrain watch RUN_ID", "orleanstrain watch RUN_ID --json")
        {
            _runId,
            CommonOptions.Json,
        };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        using var interrupts = services.ListenForInterrupts();
        var runId = parse.GetRequiredValue(_runId);
        await using var session = await Attachment.OpenAsync(services, runId, interrupts.Requested);
        var run = new AttendedRun(services, session, runId);
        return await run.FollowAsync(parse.GetValue(CommonOptions.Json), cancelOnInterrupt: false, interrupts.Requested);
    }
}

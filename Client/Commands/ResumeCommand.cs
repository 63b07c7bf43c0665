using System.CommandLine;
using System.Globalization;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.History;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Runs;
using OrleansTrain.Client.Sessions;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Commands;

/// <summary><c>resume</c>: continues a FAILED or KILLED run from its newest good checkpoint, under the same ID.</summary>
internal sealed class ResumeCommand(ClientServices services)
{
    private readonly Argument<string> _runId = CommonOptions.RunId();

    private readonly Option<string?> _epochs = new("--epochs") { Description = "New number of epochs in all.", HelpName = "N" };

    private readonly Option<bool> _detach = new("--detach") { Description = "Resume the run on the cluster and leave it." };

    public Command Create()
    {
        var command = new DocumentedCommand(
            "resume",
            "Continue a failed or cancelled run from its newest good checkpoint.",
            "orleanstrain resume RUN_ID",
            "orleanstrain resume RUN_ID --epochs 10")
        {
            _runId,
            _epochs,
            _detach,
            CommonOptions.Json,
        };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        var runId = parse.GetRequiredValue(_runId);
        var epochs = ReadEpochs(parse);
        var isDetached = parse.GetValue(_detach);
        if (isDetached && !services.Sessions.HasCluster)
        {
            throw new UsageException("--detach needs a cluster that goes on without this process: set ORLEANSTRAIN_REDIS and start silos");
        }

        using var interrupts = services.ListenForInterrupts();
        var options = services.Sessions.HasCluster ? new SessionOptions() : await MeasureAsync(runId, interrupts.Requested);
        var session = await services.Sessions.OpenAsync(
            options with { Verbose = services.Terminal.Verbosity == Verbosity.Verbose }, interrupts.Requested);
        await using var closing = new ImpatientClosing(session, services.Time, interrupts.Requested);
        await session.Grains.GetGrain<ITrainingGrain>(runId).Resume(epochs);
        if (isDetached)
        {
            services.Terminal.WriteLine(runId);
            return ExitCodes.Success;
        }

        using var announcement = services.Sessions.Announce(session, runId);
        var attended = new AttendedRun(services, session, runId);
        return await attended.FollowAsync(parse.GetValue(CommonOptions.Json), cancelOnInterrupt: true, interrupts.Requested);
    }

    private int? ReadEpochs(ParseResult parse)
    {
        if (parse.GetValue(_epochs) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var epochs) && epochs >= 1
            ? epochs
            : throw new UsageException($"--epochs must be a whole number of at least 1; found '{text}'");
    }

    // An embedded cluster is made to measure, and only the run's params know the measure.
    private async Task<SessionOptions> MeasureAsync(string runId, CancellationToken cancellationToken)
    {
        await using var tracking = await services.Tracking.OpenAsync(cancellationToken);
        var run = await tracking.Mlflow.FindRunAsync(runId, cancellationToken);
        return int.TryParse(run.Param("ranks"), NumberStyles.None, CultureInfo.InvariantCulture, out var ranks)
            ? new SessionOptions { Slots = ranks, Device = run.Param("device") ?? "auto" }
            : throw new UsageException($"run {runId} is none of orleanstrain: it has no param 'ranks'");
    }
}

using System.CommandLine;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.History;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Runs;
using OrleansTrain.Client.Sessions;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Hosting;

namespace OrleansTrain.Client.Commands;

/// <summary><c>status</c>: where one run stands, or all that go on.</summary>
internal sealed class StatusCommand(ClientServices services)
{
    private readonly Argument<string?> _runId = new("RUN_ID")
    {
        Description = "The run's ID; without it, all runs that go on.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Command Create()
    {
        var command = new DocumentedCommand("status", "Say where a run stands, or which runs go on.", "orleanstrain status", "orleanstrain status RUN_ID --json")
        {
            _runId,
            CommonOptions.Json,
        };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        var runId = parse.GetValue(_runId);
        var json = parse.GetValue(CommonOptions.Json);
        using var interrupts = services.ListenForInterrupts();
        var options = new SessionOptions { Verbose = services.Terminal.Verbosity == Verbosity.Verbose };
        await using var session = await services.Sessions.AttachAsync(runId, options, interrupts.Requested);
        if (runId is null)
        {
            return await ShowAllAsync(session, json, interrupts.Requested);
        }

        var status = session is null ? null : await session.Grains.GetGrain<ITrainingGrain>(runId).GetStatus().WaitAsync(interrupts.Requested);
        if (status is null or { Phase: RunPhase.Unknown })
        {
            return await ShowRecordedAsync(runId, json, interrupts.Requested);
        }

        if (json)
        {
            services.Terminal.WriteLine(RunResultJson.Write(RunResult.Of(status)));
        }
        else
        {
            StatusView.Write(services.Terminal, status);
        }

        return ExitCodes.Success;
    }

    private async Task<int> ShowAllAsync(IClusterSession? session, bool json, CancellationToken cancellationToken)
    {
        var statuses = session is null ? [] : await RunningAsync(session, cancellationToken);
        foreach (var status in statuses)
        {
            services.Terminal.WriteLine(json ? RunResultJson.Write(RunResult.Of(status)) : $"{status.RunId}  {StatusView.Line(status)}");
        }

        if (statuses.Count == 0 && !json)
        {
            services.Terminal.Note("no run goes on; 'orleanstrain runs' lists those of the past");
        }

        return ExitCodes.Success;
    }

    private static async Task<IReadOnlyList<RunStatus>> RunningAsync(IClusterSession session, CancellationToken cancellationToken)
    {
        var cluster = await session.Grains.GetGrain<IClusterGrain>(IClusterGrain.Key).GetCluster().WaitAsync(cancellationToken);
        var runIds = cluster.Silos.SelectMany(silo => silo.Ranks).Select(use => use.RunId).Concat(cluster.Waiting.Select(run => run.RunId)).Distinct();
        return await Task.WhenAll(runIds.Select(runId => session.Grains.GetGrain<ITrainingGrain>(runId).GetStatus())).WaitAsync(cancellationToken);
    }

    private async Task<int> ShowRecordedAsync(string runId, bool json, CancellationToken cancellationToken)
    {
        await using var tracking = await services.Tracking.OpenAsync(cancellationToken);
        var result = RecordedRun.ToResult(await tracking.Mlflow.FindRunAsync(runId, cancellationToken), tracking.Mlflow);
        if (json)
        {
            services.Terminal.WriteLine(RunResultJson.Write(result));
        }
        else
        {
            RunSummary.Write(services.Terminal, result);
        }

        return ExitCodes.Success;
    }
}

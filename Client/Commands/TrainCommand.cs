using System.CommandLine;
using System.Diagnostics;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Runs;
using OrleansTrain.Client.Sessions;
using OrleansTrain.Client.Specs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Hosting;
using OrleansTrain.Ranks;

namespace OrleansTrain.Client.Commands;

/// <summary><c>train</c>: starts a run and follows it to its end.</summary>
internal sealed class TrainCommand(ClientServices services, IReadOnlyList<string> arguments)
{
    private const int MostSilos = 64;

    private readonly SpecOptions _spec = new();

    private readonly Option<int> _silos = new("--silos")
    {
        Description = "Silos of the embedded cluster.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> _trace = new("--trace")
    {
        Description = "A timeline of some steps of all ranks, for chrome://tracing or Perfetto (trace_wait, trace_active).",
        HelpName = "FILE",
    };

    private readonly Option<bool> _detach = new("--detach") { Description = "Start the run on the cluster, print its ID, and leave it." };

    public Command Create()
    {
        var command = new DocumentedCommand(
            "train",
            "Train a model.",
            "orleanstrain train mnist",
            "orleanstrain train mnist --ranks 4 --epochs 3 --json",
            "orleanstrain train --spec run.yaml --lr 0.01 --set checkpoint_metric=max:test_accuracy",
            "orleanstrain train mnist --detach && orleanstrain watch RUN_ID");
        _spec.AddTo(command);
        command.Add(_silos);
        command.Add(_trace);
        command.Add(_detach);
        command.Add(CommonOptions.Json);
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        using var trace = TraceFile.Read(parse.GetValue(_trace), parse.GetValue(_detach), services.WorkingFolder);
        var spec = new SpecBuilder(services.Tasks).Build([.. trace is null ? [] : new[] { TraceFile.Layer() }, .. _spec.Read(parse, services.WorkingFolder)]);
        RefuseSecrets(spec);
        var options = ReadSessionOptions(parse, spec);
        var isDetached = parse.GetValue(_detach);
        using var interrupts = services.ListenForInterrupts();

        var source = new RunSourceReader(services.Environment, services.WorkingFolder, services.Terminal.Redactor).ReadAsync(arguments);
        var session = await new RunPreparation(services).OpenAsync(spec, options, interrupts.Requested);
        await using var closing = new ImpatientClosing(session, services.Time, interrupts.Requested);
        interrupts.Requested.ThrowIfCancellationRequested();

        using var span = TrainingTelemetry.Source.StartActivity("orleanstrain train", ActivityKind.Client);
        var runId = await new RunStart(session.Grains, services.Terminal, services.Time).StartAsync(spec, await source, interrupts.Requested);
        span?.SetTag("run_id", runId);
        span?.Stop();
        if (isDetached)
        {
            return ReportDetached(parse, spec, session, runId);
        }

        using var announcement = services.Sessions.Announce(session, runId);
        var attended = new AttendedRun(services, session, runId);
        var exitCode = await attended.FollowAsync(parse.GetValue(CommonOptions.Json), cancelOnInterrupt: true, interrupts.Requested);
        if (trace is not null)
        {
            await trace.SaveAsync(session.Grains, runId, services.Terminal);
        }

        return exitCode;
    }

    private SessionOptions ReadSessionOptions(ParseResult parse, RunSpec spec)
    {
        var silos = parse.GetValue(_silos);
        if (silos is < 1 or > MostSilos)
        {
            throw new UsageException($"--silos must be a whole number from 1 to {MostSilos}; found '{silos}'");
        }

        if (services.Sessions.HasCluster && silos != 1)
        {
            throw new UsageException("--silos is for the embedded cluster; the one that ORLEANSTRAIN_REDIS names has its own silos");
        }

        if (!services.Sessions.HasCluster && parse.GetValue(_detach))
        {
            throw new UsageException("--detach needs a cluster that goes on without this process: set ORLEANSTRAIN_REDIS and start silos");
        }

        return new SessionOptions { Silos = silos, Slots = spec.Ranks, Device = spec.Device, Verbose = services.Terminal.Verbosity == Verbosity.Verbose };
    }

    /// <summary>A spec is logged as params, which everybody may read who can reach the tracking server.</summary>
    private void RefuseSecrets(RunSpec spec)
    {
        var redactor = services.Terminal.Redactor;
        var texts = spec.Parameters.Concat(spec.FormatOptions).Append(new("experiment", spec.Experiment)).Append(new("run_name", spec.RunName ?? ""));
        KeyValuePair<string, string>[] locations = [new("dataset", spec.Dataset), new("checkpoint_uri", spec.CheckpointUri)];
        var secret = texts.FirstOrDefault(text => redactor.HoldsSecret(text.Value)).Key
            ?? locations.FirstOrDefault(location => redactor.Clean(location.Value) != location.Value).Key;
        if (secret is not null)
        {
            throw new UsageException($"{secret} holds a secret, and a spec is logged for all to read; hand secrets over by environment variables");
        }
    }

    private int ReportDetached(ParseResult parse, RunSpec spec, IClusterSession session, string runId)
    {
        if (parse.GetValue(CommonOptions.Json))
        {
            var result = new RunResult
            {
                RunId = runId,
                Experiment = spec.Experiment,
                Status = "RUNNING",
                WorldSize = spec.Ranks,
                TrackingUri = session.TrackingUri,
            };
            services.Terminal.WriteLine(RunResultJson.Write(result));
        }
        else
        {
            services.Terminal.WriteLine(runId);
            services.Terminal.Note($"run {runId} goes on by itself; 'orleanstrain watch {runId}' follows it");
        }

        return ExitCodes.Success;
    }
}

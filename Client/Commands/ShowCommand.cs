using System.CommandLine;
using System.Text;
using System.Text.Json;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.History;
using OrleansTrain.Tracking;

namespace OrleansTrain.Client.Commands;

/// <summary><c>show</c>: one run's params and metrics, and its loss as a chart.</summary>
internal sealed class ShowCommand(ClientServices services)
{
    private readonly Argument<string> _runId = CommonOptions.RunId();

    private readonly Option<string> _metric = new("--metric")
    {
        Description = "The metric to draw.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "training_loss",
    };

    public Command Create()
    {
        var command = new DocumentedCommand("show", "Show a run: params, metrics and a chart.", "orleanstrain show RUN_ID", "orleanstrain show RUN_ID --metric samples_per_second")
        {
            _runId,
            _metric,
            CommonOptions.Json,
        };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        using var interrupts = services.ListenForInterrupts();
        await using var tracking = await services.Tracking.OpenAsync(interrupts.Requested);
        var mlflow = tracking.Mlflow;
        var run = await mlflow.FindRunAsync(parse.GetRequiredValue(_runId), interrupts.Requested);
        var experiment = await mlflow.GetExperimentAsync(run.Info.ExperimentId, interrupts.Requested);
        if (parse.GetValue(CommonOptions.Json))
        {
            services.Terminal.WriteLine(ToJson(run, experiment.Name));
            return ExitCodes.Success;
        }

        var metric = parse.GetValue(_metric)!;
        var history = await mlflow.GetMetricHistoryAsync(run.RunId, metric, interrupts.Requested).ToListAsync(interrupts.Requested);
        RunView.Write(services.Terminal, run, experiment.Name, metric, history);
        return ExitCodes.Success;
    }

    private static string ToJson(MlflowRun run, string experiment)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            RunListJson.WriteRun(json, run, experiment);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}

using System.CommandLine;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.History;
using OrleansTrain.Hosting.Usage;
using OrleansTrain.Tracking;

namespace OrleansTrain.Client.Commands;

/// <summary><c>runs</c>: the newest runs that the tracking server knows.</summary>
internal sealed class RunsCommand(ClientServices services)
{
    private const int DefaultCount = 20;

    private readonly Option<string?> _experiment = new("--experiment") { Description = "Only the runs of this experiment.", HelpName = "NAME" };

    private readonly Option<int> _count = new("--max")
    {
        Description = "Show at most this many, newest first.",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultCount,
    };

    public Command Create()
    {
        var command = new DocumentedCommand("runs", "List runs, newest first.", "orleanstrain runs", "orleanstrain runs --experiment mnist --json")
        {
            _experiment,
            _count,
            CommonOptions.Json,
        };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        var count = parse.GetValue(_count);
        if (count < 1)
        {
            throw new UsageException($"--max must be a whole number of at least 1; found '{count}'");
        }

        using var interrupts = services.ListenForInterrupts();
        await using var tracking = await services.Tracking.OpenAsync(interrupts.Requested);
        var experiments = await FindExperimentsAsync(tracking.Mlflow, parse.GetValue(_experiment), interrupts.Requested);
        var runs = experiments.Count == 0
            ? []
            : await tracking.Mlflow
                .SearchRunsAsync([.. experiments.Keys], orderBy: ["attributes.start_time DESC"], cancellationToken: interrupts.Requested)
                .Take(count)
                .ToListAsync(interrupts.Requested);
        if (parse.GetValue(CommonOptions.Json))
        {
            services.Terminal.WriteLine(RunListJson.Write(runs, experiments));
        }
        else
        {
            RunTable.Write(services.Terminal, runs, experiments);
        }

        return ExitCodes.Success;
    }

    /// <returns>Names by ID.</returns>
    private static async Task<Dictionary<string, string>> FindExperimentsAsync(IMlflowClient mlflow, string? name, CancellationToken cancellationToken)
    {
        var all = await mlflow.SearchExperimentsAsync(cancellationToken: cancellationToken)
            .ToDictionaryAsync(experiment => experiment.ExperimentId, experiment => experiment.Name, cancellationToken: cancellationToken);
        if (name is null)
        {
            return all;
        }

        var named = all.Where(experiment => experiment.Value == name).ToDictionary();
        return named.Count > 0
            ? named
            : throw new UsageException(NearestName.Suggest($"there is no experiment '{name}'", name, "Experiments", [.. all.Values.Order(StringComparer.Ordinal)]));
    }
}

using System.Globalization;
using OrleansTrain.Client.Output;
using Spectre.Console;

namespace OrleansTrain.Client.Runs;

/// <summary>The result of a run as a table for people.</summary>
internal static class RunSummary
{
    public static void Write(Terminal terminal, RunResult result)
    {
        var table = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        foreach (var (name, value) in Rows(result))
        {
            table.AddRow(new Text(name), new Text(terminal.Redactor.Clean(value)));
        }

        terminal.OutputConsole.Write(table);
    }

    private static IEnumerable<(string Name, string Value)> Rows(RunResult result)
    {
        yield return ("run", result.RunId);
        yield return ("experiment", result.Experiment);
        yield return ("status", result.Error is null ? result.Status : $"{result.Status}: {OneLine.Of(result.Error)}");
        yield return ("ranks", result.WorldSize.ToString(CultureInfo.InvariantCulture));
        yield return ("trained", string.Create(CultureInfo.InvariantCulture, $"{result.Epochs} epochs, {result.Steps} steps in {result.TrainSeconds:0.0} s"));
        if (result.SamplesPerSecond is { } rate)
        {
            yield return ("speed", Numbers.Rate(rate));
        }

        foreach (var (name, value) in Metrics(result))
        {
            yield return (name, Numbers.Metric(value));
        }

        if (result.Restarts > 0)
        {
            yield return ("restarts", result.Restarts.ToString(CultureInfo.InvariantCulture));
        }

        if (result.CheckpointUri is { } checkpoint)
        {
            yield return ("checkpoint", checkpoint);
        }

        if (result.WeightsSha256 is { } weights)
        {
            yield return ("weights_sha256", weights);
        }

        yield return ("tracking", result.TrackingUri);
    }

    private static IEnumerable<(string Name, double Value)> Metrics(RunResult result)
    {
        (string Name, double? Value)[] named =
            [("training_loss", result.TrainingLoss), ("test_loss", result.TestLoss), ("test_accuracy", result.TestAccuracy)];
        return named.Where(metric => metric.Value is not null).Select(metric => (metric.Name, metric.Value!.Value))
            .Concat(result.Metrics.Select(metric => (metric.Key, metric.Value)));
    }
}

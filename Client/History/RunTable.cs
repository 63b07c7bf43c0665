using System.Globalization;
using OrleansTrain.Client.Output;
using OrleansTrain.Tracking;
using Spectre.Console;

namespace OrleansTrain.Client.History;

/// <summary>Runs as a table.</summary>
internal static class RunTable
{
    /// <param name="experiments">Names by ID.</param>
    public static void Write(Terminal terminal, IReadOnlyList<MlflowRun> runs, IReadOnlyDictionary<string, string> experiments)
    {
        if (runs.Count == 0)
        {
            terminal.Note("there are no runs yet; 'orleanstrain train mnist' makes one");
            return;
        }

        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("run").NoWrap())
            .AddColumns("experiment", "name", "status", "started", "took", "training_loss", "test_accuracy");
        foreach (var run in runs)
        {
            string[] cells =
            [
                run.RunId,
                experiments.GetValueOrDefault(run.Info.ExperimentId, run.Info.ExperimentId),
                run.Info.RunName,
                RecordedRun.StatusName(run.Info.Status),
                DateTimeOffset.FromUnixTimeMilliseconds(run.Info.StartTime).ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                RecordedRun.Duration(run.Info) is { } took ? Numbers.Duration(took) : "",
                Metric(run, "training_loss"),
                Metric(run, "test_accuracy"),
            ];
            table.AddRow(cells.Select(cell => new Text(terminal.Redactor.Clean(cell))));
        }

        terminal.OutputConsole.Write(table);
    }

    private static string Metric(MlflowRun run, string name) => run.Metric(name) is { } metric ? Numbers.Metric(metric.Value) : "";
}

using System.Globalization;
using OrleansTrain.Client.Output;
using OrleansTrain.Tracking;
using Spectre.Console;

namespace OrleansTrain.Client.History;

/// <summary>One run for people: what it is, its params, its newest metrics, and a chart of one of them.</summary>
internal static class RunView
{
    private const int ChartWidth = 72;
    private const int ChartHeight = 12;

    public static void Write(Terminal terminal, MlflowRun run, string experiment, string metric, IReadOnlyList<MlflowMetric> history)
    {
        terminal.WriteLine($"run {run.RunId} ({run.Info.RunName}) of experiment {experiment}: {RecordedRun.StatusName(run.Info.Status)}{Took(run.Info)}");
        terminal.WriteLine($"artifacts: {run.Info.ArtifactUri}");
        var sides = new Grid().AddColumn(new GridColumn().PadRight(4)).AddColumn();
        sides.AddRow(
            Pairs(terminal, "param", (run.Data?.Params ?? []).Select(param => (param.Key, param.Value))),
            Pairs(terminal, "metric", (run.Data?.Metrics ?? []).Select(value => (value.Key, Numbers.Metric(value.Value)))));
        terminal.OutputConsole.Write(sides);
        WriteChart(terminal, metric, history);
    }

    private static void WriteChart(Terminal terminal, string metric, IReadOnlyList<MlflowMetric> history)
    {
        var points = history.Where(point => double.IsFinite(point.Value)).Select(point => ((double)point.Step, point.Value)).ToList();
        if (points.Count == 0)
        {
            terminal.Note($"there is nothing to draw: no values of {metric}");
            return;
        }

        terminal.WriteLine($"{metric} by step");
        foreach (var line in BrailleChart.Draw(points, ChartWidth, ChartHeight))
        {
            terminal.WriteLine(line);
        }
    }

    private static Table Pairs(Terminal terminal, string kind, IEnumerable<(string Key, string Value)> pairs)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns(kind, "value");
        foreach (var (key, value) in pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            table.AddRow(new Text(key), new Text(terminal.Redactor.Clean(value)));
        }

        return table;
    }

    private static string Took(MlflowRunInfo info) => RecordedRun.Duration(info) is { } took
        ? string.Create(CultureInfo.InvariantCulture, $" after {Numbers.Duration(took)}")
        : "";
}

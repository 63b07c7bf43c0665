using System.Globalization;
using OrleansTrain.Client.Output;
using OrleansTrain.Grains.Abstractions.Runs;
using Spectre.Console;

namespace OrleansTrain.Client.Runs;

/// <summary>A run's status for people.</summary>
internal static class StatusView
{
    /// <summary>The status in one line.</summary>
    public static string Line(RunStatus status) =>
        status.Phase == RunPhase.Training && status.StepsPerEpoch > 0 ? $"training: {RunLines.Step(status)}" : RunLines.Phase(status);

    public static void Write(Terminal terminal, RunStatus status)
    {
        RunSummary.Write(terminal, RunResult.Of(status));
        terminal.WriteLine($"now: {Line(status)}");
        if (status.Outbox.Pending > 0)
        {
            terminal.WriteLine(Outbox(status.Outbox));
        }

        if (status.Outbox.Lost > 0)
        {
            terminal.WriteLine($"tracking: {status.Outbox.Lost} measurements will never be in MLflow: {OneLine.Of(status.Outbox.LastLoss ?? "")}");
        }

        foreach (var warning in status.Warnings)
        {
            terminal.WriteLine($"warning: {warning}");
        }

        if (status.Ranks.Count > 0)
        {
            terminal.OutputConsole.Write(RankTable(status.Ranks));
        }
    }

    private static string Outbox(OutboxStatus outbox)
    {
        var since = outbox.OldestSince is { } oldest ? string.Create(CultureInfo.InvariantCulture, $" since {oldest:u}") : "";
        var error = outbox.LastError is null ? "" : $": {OneLine.Of(outbox.LastError)}";
        return $"tracking: {outbox.Pending} measurements wait to be delivered{since}{error}";
    }

    private static Table RankTable(IReadOnlyList<RankStatus> ranks)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("rank", "silo", "device", "step");
        foreach (var rank in ranks)
        {
            table.AddRow(
                new Text(rank.Rank.ToString(CultureInfo.InvariantCulture)),
                new Text(rank.Silo),
                new Text(rank.Device),
                new Text(rank.Step.ToString(CultureInfo.InvariantCulture)));
        }

        return table;
    }
}

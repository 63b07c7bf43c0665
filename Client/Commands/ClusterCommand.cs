using System.CommandLine;
using System.Globalization;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Grains.Abstractions.Cluster;
using Spectre.Console;

namespace OrleansTrain.Client.Commands;

/// <summary><c>cluster</c>: the silos, their slots, and what runs where.</summary>
internal sealed class ClusterCommand(ClientServices services)
{
    public Command Create()
    {
        var command = new DocumentedCommand("cluster", "Show the silos, their slots, and what runs where.", "orleanstrain cluster");
        command.SetAction((_, _) => RunAsync());
        return command;
    }

    private async Task<int> RunAsync()
    {
        using var interrupts = services.ListenForInterrupts();
        await using var session = await Attachment.OpenAsync(services, runId: null, interrupts.Requested);
        var cluster = await session.Grains.GetGrain<IClusterGrain>(IClusterGrain.Key).GetCluster().WaitAsync(interrupts.Requested);
        var table = new Table().Border(TableBorder.Simple).AddColumns("silo", "name", "status", "version", "devices", "slots", "runs");
        foreach (var silo in cluster.Silos)
        {
            string[] cells =
            [
                silo.Silo, silo.Name, silo.Status, silo.Version, silo.Devices,
                string.Create(CultureInfo.InvariantCulture, $"{silo.Ranks.Count} of {silo.Slots} used"), Runs(silo.Ranks),
            ];
            table.AddRow(cells.Select(cell => new Text(cell)));
        }

        services.Terminal.OutputConsole.Write(table);
        foreach (var run in cluster.Waiting)
        {
            services.Terminal.WriteLine($"waiting: run {run.RunId} with {run.Ranks} ranks: {OneLine.Of(run.WaitingFor)}");
        }

        return ExitCodes.Success;
    }

    private static string Runs(IReadOnlyList<SlotUse> uses) =>
        string.Join("; ", uses.GroupBy(use => use.RunId).Select(run => $"{run.Key} ranks {string.Join(", ", run.Select(use => use.Rank).Order())}"));
}

using System.CommandLine;
using System.Globalization;
using OrleansTrain.Client.Datasets;
using OrleansTrain.Client.Errors;
using OrleansTrain.Data;
using OrleansTrain.Data.Inspection;
using OrleansTrain.Data.Statistics;
using Spectre.Console;

namespace OrleansTrain.Client.Commands;

/// <summary><c>data inspect</c>: what a dataset is made of.</summary>
internal sealed class DataInspectCommand(ClientServices services)
{
    private readonly Argument<string> _source = new("SOURCE") { Description = "A URI, a folder, or the name of a dataset that comes with the program." };

    private readonly Option<string?> _sheet = new("--contact-sheet") { Description = "Write a PNG with images of the first split shown to this file.", HelpName = "FILE" };

    private readonly Option<string?> _split = new("--split") { Description = "The split of the contact sheet; train if there is one.", HelpName = "NAME" };

    private readonly FormatOption _format = new();

    public Command Create()
    {
        var command = new DocumentedCommand(
            "inspect",
            "Show what a dataset is made of: counts, columns, ranges, classes, and images as a PNG.",
            "orleanstrain data inspect s3://datasets/mnist",
            "orleanstrain data inspect ./my-images --contact-sheet images.png",
            "orleanstrain data inspect s3://datasets/digits --set format.label={split}/{label}_{*}.png")
        {
            _source,
            _sheet,
            _split,
        };
        _format.AddTo(command);
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        var source = SourceArgument.Find(services, parse.GetRequiredValue(_source));
        var pipeline = DataPipeline.Create().From(_format.Read(parse));
        using var interrupts = services.ListenForInterrupts();
        var stores = services.OpenStores();
        using var owned = stores as IDisposable;
        var inspector = new DatasetInspector(stores);
        var report = await inspector.Inspect(source, pipeline: pipeline, cancellationToken: interrupts.Requested);
        services.Terminal.WriteLine($"{report.Name} ({report.Format})");
        foreach (var split in report.Splits)
        {
            Show(split);
        }

        if (parse.GetValue(_sheet) is { } file)
        {
            var split = parse.GetValue(_split) ?? (report.Splits.Any(found => found.Name == "train") ? "train" : report.Splits[0].Name);
            var png = await inspector.ContactSheet(source, split, pipeline: pipeline, cancellationToken: interrupts.Requested);
            await File.WriteAllBytesAsync(Path.GetFullPath(file, services.WorkingFolder), png, interrupts.Requested);
            services.Terminal.Note($"images of split {split} are in {file}");
        }

        return ExitCodes.Success;
    }

    private void Show(SplitReport split)
    {
        var sample = split.ReadRecords < split.Records ? string.Create(CultureInfo.InvariantCulture, $", {split.ReadRecords:N0} of them read") : "";
        services.Terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{split.Name}: {Math.Max(split.Records, split.ReadRecords):N0} records in {split.Blocks:N0} blocks{sample}"));
        var table = new Table().Border(TableBorder.Simple).AddColumns("column", "type", "shape", "mean", "deviation", "least", "greatest", "missing");
        foreach (var (column, statistics) in split.Columns.Zip(split.Statistics))
        {
            var missing = (split.ReadRecords * column.Length) - statistics.Count.Sum();
            table.AddRow(
                column.Name, column.Type.ToString().ToLowerInvariant(), column.Shape.Count == 0 ? "" : string.Join('x', column.Shape),
                Short(Mean(statistics)), Short(Deviation(statistics)), Short(statistics.Min.Min()), Short(statistics.Max.Max()), missing.ToString("N0", CultureInfo.InvariantCulture));
        }

        foreach (var column in split.TextColumns)
        {
            table.AddRow(column, "text", "", "", "", "", "", "");
        }

        services.Terminal.OutputConsole.Write(table);
        if (split.ClassColumn is not null && split.Classes.Count <= 100)
        {
            services.Terminal.WriteLine($"{split.ClassColumn}: {string.Join("  ", split.Classes.Select(found => string.Create(CultureInfo.InvariantCulture, $"{found.Key}: {found.Value:N0}")))}");
        }
    }

    private static double Mean(ColumnSummary column) => column.Mean.Zip(column.Count, (mean, count) => mean * count).Sum() / Math.Max(1, column.Count.Sum());

    private static double Deviation(ColumnSummary column)
    {
        var mean = Mean(column);
        var squares = column.SquaredDeviation.Sum() + column.Mean.Zip(column.Count, (part, count) => (part - mean) * (part - mean) * count).Sum();
        return Math.Sqrt(squares / Math.Max(1, column.Count.Sum()));
    }

    private static string Short(double value) => double.IsFinite(value) ? value.ToString("G5", CultureInfo.InvariantCulture) : "";
}

using System.CommandLine;
using OrleansTrain.Client.Datasets;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Specs;
using OrleansTrain.Data;
using OrleansTrain.Data.Packed;

namespace OrleansTrain.Client.Commands;

/// <summary><c>data put</c>: writes a dataset into the object store in blocks that are ready to train on.</summary>
internal sealed class DataPutCommand(ClientServices services)
{
    private readonly Argument<string> _source = new("SOURCE") { Description = "A folder, a URI, or the name of a dataset that comes with the program." };

    private readonly Argument<string> _target = new("URI") { Description = "Where to: s3://BUCKET/PREFIX or file:///FOLDER." };

    private readonly Option<bool> _replace = new("--replace") { Description = "Put it there even if there is a dataset already; with --as-is, whatever else lies below URI is deleted." };

    private readonly Option<bool> _asIs = new("--as-is") { Description = "Copy the files unchanged rather than pack them: for tables with text, which a task encodes." };

    private readonly FormatOption _format = new();

    public Command Create()
    {
        var command = new DocumentedCommand(
            "put",
            "Write a dataset into the object store in training-ready blocks.",
            "orleanstrain data put mnist s3://datasets/mnist",
            "orleanstrain data put ./my-idx-files s3://datasets/mine",
            "orleanstrain data put ./digits s3://datasets/digits --set format.label={split}/{label}_{*}.png",
            "orleanstrain data put ./my-table s3://datasets/table --as-is")
        {
            _source,
            _target,
            _replace,
            _asIs,
        };
        _format.AddTo(command);
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        var source = SourceArgument.Find(services, parse.GetRequiredValue(_source));
        var target = parse.GetRequiredValue(_target);
        if (!LocationUri.IsAllowed(target))
        {
            throw new UsageException($"URI must be {LocationUri.Allowed}; found '{target}'");
        }

        var format = _format.Read(parse);
        using var interrupts = services.ListenForInterrupts();
        var stores = services.OpenStores();
        using var owned = stores as IDisposable;
        var writer = new DatasetWriter(stores);
        var replace = parse.GetValue(_replace);
        if (!replace && await writer.Find(target, interrupts.Requested) is { } there)
        {
            throw new UsageException($"{target} holds a dataset already ({ManifestText.Summary(there)}); --replace puts it there anew");
        }

        if (parse.GetValue(_asIs))
        {
            var copy = new DatasetCopy(stores);
            if (!replace && await copy.Find(target, interrupts.Requested) is { } first)
            {
                throw new UsageException($"{target} holds objects already ({first}); --replace puts it there anew and deletes what else is there");
            }

            var (objects, bytes) = await copy.Copy(source, target, format, replace, interrupts.Requested);
            services.Terminal.WriteLine($"{target}: {objects} objects, {Numbers.Bytes(bytes)}");
            return ExitCodes.Success;
        }

        var progress = new PutLines(services.Terminal, services.Time);
        var manifest = await writer.Put(source, target, DataPipeline.Create().From(format), progress: progress, cancellationToken: interrupts.Requested);
        services.Terminal.WriteLine($"{target}: {ManifestText.Summary(manifest)}");
        return ExitCodes.Success;
    }
}

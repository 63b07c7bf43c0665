using System.CommandLine;
using System.Globalization;
using OrleansTrain.Client.Datasets;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Specs;
using OrleansTrain.Data.Packed;
using OrleansTrain.Storage;

namespace OrleansTrain.Client.Commands;

/// <summary><c>data ls</c>: what lies below a URI.</summary>
internal sealed class DataListCommand(ClientServices services)
{
    private const int DefaultCount = 1000;

    private readonly Argument<string> _uri = new("URI") { Description = "s3://BUCKET/PREFIX or file:///FOLDER." };

    private readonly Option<int> _count = new("--max")
    {
        Description = "Show at most this many objects; all are counted.",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultCount,
    };

    public Command Create()
    {
        var command = new DocumentedCommand("ls", "List the objects below a URI.", "orleanstrain data ls s3://datasets/mnist") { _uri, _count };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        var uri = parse.GetRequiredValue(_uri);
        if (!LocationUri.IsAllowed(uri))
        {
            throw new UsageException($"URI must be {LocationUri.Allowed}; found '{uri}'");
        }

        using var interrupts = services.ListenForInterrupts();
        var stores = services.OpenStores();
        using var owned = stores as IDisposable;
        var (store, prefix) = stores.Resolve(uri);
        var (count, bytes) = await ListAsync(store, prefix.Length == 0 ? "" : $"{prefix}/", parse.GetValue(_count), interrupts.Requested);
        services.Terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{count:N0} objects, {Numbers.Bytes(bytes)}"));
        if (await new DatasetWriter(stores).Find(uri, interrupts.Requested) is { } manifest)
        {
            services.Terminal.Note($"dataset {manifest.Name}: {ManifestText.Summary(manifest)}");
        }

        return ExitCodes.Success;
    }

    private async Task<(long Count, long Bytes)> ListAsync(IObjectStore store, string folder, int shown, CancellationToken cancellationToken)
    {
        var (count, bytes) = (0L, 0L);
        await foreach (var info in store.List(folder, cancellationToken))
        {
            bytes += info.Size;
            if (++count <= shown)
            {
                services.Terminal.WriteLine($"{Numbers.Bytes(info.Size),10}  {info.LastModified.ToLocalTime():yyyy-MM-dd HH:mm}  {info.Key[folder.Length..]}");
            }
        }

        return (count, bytes);
    }
}

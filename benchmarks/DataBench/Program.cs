using System.CommandLine;
using OrleansTrain.DataBench;
using OrleansTrain.Storage;

var s3rver = new Option<string>("--s3rver") { DefaultValueFactory = _ => "artifacts/tools/node_modules/s3rver/bin/s3rver.js", Description = "From ./test.sh --install-only" };
var folder = new Option<string>("--folder") { DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "databench"), Description = "Holds the server's data between measurements" };
var mnist = new Option<string>("--mnist") { DefaultValueFactory = _ => "data/mnist" };
var images = new Option<bool>("--images") { Description = "70,000 PNG objects rather than packed blocks" };
var epochs = new Option<int>("--epochs") { DefaultValueFactory = _ => 3 };
var repeat = new Option<int>("--repeat") { DefaultValueFactory = _ => 1 };
var task = new Option<string>("--task") { DefaultValueFactory = _ => "mnist-mlp" };

var fill = new Command("fill", "Put MNIST into the server, as packed blocks and as PNG objects.") { s3rver, folder, mnist };
fill.SetAction((parsed, _) => OnServer(parsed, async server =>
{
    using var stores = new ObjectStores(server.Options);
    await BenchData.Ensure(stores, parsed.GetValue(mnist)!);
}));

var read = new Command("read", "The first epoch of the training split through the grains, against a plain client with as many parallel GETs.") { s3rver, folder, images, repeat };
read.SetAction((parsed, _) => OnServer(parsed, async server =>
{
    var uri = parsed.GetValue(images) ? BenchData.Images : BenchData.Packed;
    var parallel = GrainReading.ParallelGets(parsed.GetValue(images));
    Console.WriteLine($"parallel GETs: {parallel}");
    for (var round = 0; round < parsed.GetValue(repeat); round++)
    {
        var plain = await PlainClient.Run(server, uri, parallel);
        var (records, listing, first, seconds) = await GrainReading.Run(server, uri);
        Console.WriteLine(
            $"plain {plain.Objects / plain.Seconds:N0} objects/s {plain.Megabytes / plain.Seconds:N1} MB/s ({plain.Seconds:F3} s); grains {records / seconds:N0} records/s ({seconds:F3} s, first batch after {first:F3} s, listing {listing:F2} s); ratio {plain.Seconds / seconds:F2}, to the first batch {plain.Seconds / first:F2}");
    }
}));

var train = new Command("train", "Share of each epoch that the ranks of a run wait for data.") { s3rver, folder, images, epochs, task };
train.SetAction((parsed, _) => OnServer(parsed, async server =>
{
    var status = await WholeRun.Train(server, parsed.GetValue(images) ? BenchData.Images : BenchData.Packed, parsed.GetValue(task)!, parsed.GetValue(epochs));
    Console.WriteLine($"load {status.LoadSeconds:F2} s, test accuracy {status.Evaluation["test_accuracy"]:F4}");
    foreach (var epoch in status.Epochs)
    {
        var metrics = epoch.Metrics;
        Console.WriteLine(
            $"epoch {epoch.Epoch}: {metrics["samples_per_second"]:N0} samples/s, {metrics["epoch_seconds"]:F2} s, waited for data {metrics["data_wait_seconds"]:F3} s ({metrics["data_wait_seconds"] / metrics["epoch_seconds"]:P1})");
    }
}));

return await new RootCommand("Reading datasets from a real S3 server on the loopback.") { fill, read, train }.Parse(args).InvokeAsync();

async Task OnServer(ParseResult parsed, Func<ObjectServer, Task> action)
{
    await using var server = await ObjectServer.Start(parsed.GetValue(s3rver)!, parsed.GetValue(folder)!);
    await action(server);
}

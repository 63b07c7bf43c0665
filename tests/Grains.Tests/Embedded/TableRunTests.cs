using System.Text.Json;
using OrleansTrain.Data.Packed;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Hosting.Embedded;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;
using OrleansTrain.Tracking;

namespace OrleansTrain.Grains.Tests.Embedded;

/// <summary>Whole runs on a table: text, gaps, statistics that are fitted, bad records, records held out for validation.</summary>
public sealed class TableRunTests : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();

    private static RunSpec Spec => new()
    {
        Task = "penguins",
        Experiment = "tables",
        Ranks = 3,
        Device = "cpu",
        Epochs = 8,
        BatchSizePerRank = 8,
        Optimizer = "adam",
        LearningRate = 0.01,
        Dataset = "s3://datasets/penguins",
        CheckpointUri = "s3://checkpoints/tests",
    };

    private ObjectStoreOptions Store => new() { LocalFolder = Path.Combine(_home.Path, "store") };

    private string Table => Path.Combine(_home.Path, "store", "datasets", "penguins", "penguins.csv");

    public async Task InitializeAsync()
    {
        using var stores = new ObjectStores(Store);
        await new DatasetCopy(stores).Copy(Path.Combine(Repository.Root, "data", "penguins"), "s3://datasets/penguins");
    }

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_table_gives_the_same_weights_on_one_silo_and_on_three_and_its_statistics_are_kept()
    {
        RunStatus one;
        await using (var host = await StartHost(silos: 1, slotsPerSilo: 3))
        {
            one = await MnistRun.Train(host, Spec);
            Assert.True(one.Phase == RunPhase.Finished, one.Message + one.Error);
            Assert.True(one.Evaluation["test_accuracy"] > 0.9, $"test_accuracy {one.Evaluation["test_accuracy"]}");
            await CheckTracking(host, one.RunId);
        }

        await using var spread = await StartHost(silos: 3, slotsPerSilo: 1);
        var three = await MnistRun.Train(spread, Spec);
        Assert.True(three.Phase == RunPhase.Finished, three.Message + three.Error);
        Assert.NotNull(one.WeightsSha256);
        Assert.Equal(one.WeightsSha256, three.WeightsSha256);
    }

    [Fact]
    public async Task The_same_task_trains_on_Parquet_by_another_tool()
    {
        File.Delete(Table);
        File.Copy(Path.Combine(Repository.Root, "tests", "Data.Tests", "OtherTools", "Files", "penguins.parquet"), Path.ChangeExtension(Table, ".parquet"));
        await using var host = await StartHost(silos: 1, slotsPerSilo: 3);
        var status = await MnistRun.Train(host, Spec);
        Assert.True(status.Phase == RunPhase.Finished, status.Message + status.Error);
        Assert.True(status.Evaluation["test_accuracy"] > 0.9, $"test_accuracy {status.Evaluation["test_accuracy"]}");
    }

    [Fact]
    public async Task Silos_without_ranks_preprocess_to_the_same_weights()
    {
        string? colocated;
        await using (var host = await StartHost(silos: 1, slotsPerSilo: 3))
        {
            colocated = (await MnistRun.Train(host, Spec)).WeightsSha256;
            var refused = await MnistRun.Train(host, Spec with { Preprocess = "dedicated" });
            Assert.Equal(RunPhase.Failed, refused.Phase);
            Assert.Contains("start one with 'orleanstrain silo --slots 0'", refused.Message, StringComparison.Ordinal);
        }

        await using var cluster = await StartHost(silos: 1, slotsPerSilo: 3, preprocessingSilos: 2);
        var status = await MnistRun.Train(cluster, Spec with { Preprocess = "dedicated" });
        Assert.True(status.Phase == RunPhase.Finished, status.Message + status.Error);
        Assert.NotNull(colocated);
        Assert.Equal(colocated, status.WeightsSha256);
    }

    [Fact]
    public async Task Bad_records_are_refused_or_skipped_and_counted()
    {
        await File.AppendAllTextAsync(Table, "Gentoo,Biscoe,49.9\n");
        await using var host = await StartHost(silos: 1, slotsPerSilo: 3);
        var failed = await MnistRun.Train(host, Spec);
        Assert.Equal(RunPhase.Failed, failed.Phase);
        Assert.Contains("/penguins.csv record 344 has 3 fields, expected 7.", failed.Message, StringComparison.Ordinal);

        var skipped = await MnistRun.Train(host, Spec with { OnError = "skip" });
        Assert.True(skipped.Phase == RunPhase.Finished, skipped.Message + skipped.Error);
        Assert.Equal(1, skipped.Epochs[^1].Metrics["skipped_records"]);

        await File.AppendAllTextAsync(Table, string.Concat(Enumerable.Repeat("x\n", 8)));
        var tooMany = await MnistRun.Train(host, Spec with { OnError = "skip" });
        Assert.Equal(RunPhase.Failed, tooMany.Phase);
        Assert.Contains("are bad, more than may be skipped; the first: s3://datasets/penguins/penguins.csv record 34", tooMany.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_without_a_test_split_trains_and_says_that_it_was_not_tested()
    {
        await using var host = await StartHost(silos: 1, slotsPerSilo: 3);
        var status = await MnistRun.Train(
            host, Spec with { Epochs = 2, FormatOptions = new Dictionary<string, string> { ["splits"] = "train=0.9,validation=0.1" } });

        Assert.True(status.Phase == RunPhase.Finished, status.Message + status.Error);
        Assert.Empty(status.Evaluation);
        Assert.Contains(status.Warnings, warning => warning.StartsWith("the model is trained but not tested: s3://datasets/penguins has no split 'test'", StringComparison.Ordinal));
        Assert.NotNull(status.WeightsSha256);
    }

    [Fact]
    public async Task Records_can_be_held_out_for_validation_where_there_is_no_such_split()
    {
        await using var host = await StartHost(silos: 1, slotsPerSilo: 3);
        var refused = await MnistRun.Train(host, Spec with { ValidateEvery = 2 });
        Assert.Equal(RunPhase.Failed, refused.Phase);
        Assert.Contains("no split 'validation'; it has 'test', 'train'. Set validation_share, for example to 0.1", refused.Message, StringComparison.Ordinal);

        var status = await MnistRun.Train(host, Spec with { ValidateEvery = 2, ValidationShare = 0.25 });
        Assert.True(status.Phase == RunPhase.Finished, status.Message + status.Error);
        Assert.Equal(
            [false, true, false, true, false, true, false, true], status.Epochs.Select(epoch => epoch.Metrics.ContainsKey("validation_accuracy")));
        Assert.True(status.Epochs[^1].Metrics["validation_accuracy"] > 0.9);

        // What is held out is not trained on, and the mean is that of what is.
        Assert.InRange(status.SamplesPerEpoch, 190, 230);
    }

    private static async Task CheckTracking(EmbeddedHost host, string runId)
    {
        Assert.Equal(0, (await host.Grains.GetGrain<IRunGrain>(runId).Flush(TimeSpan.FromSeconds(30))).Pending);
        using var mlflow = new MlflowClient(new MlflowClientOptions { TrackingUri = new Uri(host.TrackingUri) });
        var run = await mlflow.GetRunAsync(runId);
        Assert.Equal(0, run.Metric("skipped_records")!.Value);
        Assert.True(run.Metric("data_bytes_per_second")!.Value > 0);
        Assert.Equal(["preprocessing/fitted.json"], (await mlflow.ListArtifactsAsync(run.Info, "preprocessing")).Select(artifact => artifact.Path));
        using var content = new MemoryStream();
        await mlflow.DownloadArtifactAsync(run.Info, "preprocessing/fitted.json", content);
        using var fitted = JsonDocument.Parse(content.ToArray());
        Assert.Equal(["Adelie", "Chinstrap", "Gentoo"], fitted.RootElement.GetProperty("categories").GetProperty("Species").EnumerateObject().Select(pair => pair.Name));
        Assert.Equal(["FEMALE", "MALE"], fitted.RootElement.GetProperty("categories").GetProperty("Sex").EnumerateObject().Select(pair => pair.Name));
        Assert.InRange(fitted.RootElement.GetProperty("standardise").GetProperty("Body Mass (g)").GetProperty("mean")[0].GetDouble(), 4100, 4300);
    }

    private Task<EmbeddedHost> StartHost(int silos, int slotsPerSilo, int preprocessingSilos = 0) => EmbeddedHost.StartAsync(new EmbeddedOptions
    {
        HomeFolder = _home.Path,
        Silos = silos,
        SlotsPerSilo = slotsPerSilo,
        PreprocessingSilos = preprocessingSilos,
        ObjectStores = Store,
    });
}

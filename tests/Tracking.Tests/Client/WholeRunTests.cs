using System.Security.Cryptography;

namespace OrleansTrain.Tracking.Tests.Client;

/// <summary>Our client and our server together, each checked against the recordings elsewhere.</summary>
public sealed class WholeRunTests(EmbeddedServer server) : IClassFixture<EmbeddedServer>
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    private MlflowClient Client => server.Client;

    [Fact]
    public async Task A_run_reads_back_as_it_was_logged()
    {
        await Client.CheckHealthAsync();
        Assert.StartsWith("3.", await Client.GetVersionAsync(), StringComparison.Ordinal);
        var experiment = await Client.GetOrCreateExperimentAsync("whole/run ü");
        var created = await Client.CreateRunAsync(experiment.ExperimentId, "first", Start, "me", [new MlflowTag("mlflow.source.name", "train")]);
        await Client.LogBatchAsync(created.RunId, new MlflowBatch
        {
            Metrics = [new("loss", 0.5, 1, 0), new("loss", 0.25, 2, 1), new("nan", double.NaN, 1), new("inf", double.PositiveInfinity, 1)],
            Params = [new("lr", "0.1"), new("ü", "✓ 😀")],
            Tags = [new("t", "v")],
        });
        await Client.SetTagAsync(created.RunId, "gone", "x");
        await Client.DeleteTagAsync(created.RunId, "gone");
        var info = await Client.UpdateRunAsync(created.RunId, MlflowRunStatus.Finished, Start.AddSeconds(1));

        var run = await Client.GetRunAsync(created.RunId);

        Assert.Equal(info, run.Info);
        Assert.Equal(
            new MlflowRunInfo(
                created.RunId,
                experiment.ExperimentId,
                "first",
                "me",
                MlflowRunStatus.Finished,
                Start.ToUnixTimeMilliseconds(),
                Start.AddSeconds(1).ToUnixTimeMilliseconds(),
                $"mlflow-artifacts:/{experiment.ExperimentId}/{created.RunId}/artifacts"),
            run.Info);
        Assert.Equal(new MlflowMetric("loss", 0.25, 2, 1), run.Metric("loss"));
        Assert.True(double.IsNaN(run.Metric("nan")!.Value));
        Assert.Equal(double.MaxValue, run.Metric("inf")!.Value);
        Assert.Equal("✓ 😀", run.Param("ü"));
        Assert.Equal(["mlflow.source.name", "mlflow.runName", "t"], run.Data!.Tags!.Select(tag => tag.Key));
        var losses = await Client.GetMetricHistoryAsync(run.RunId, "loss").Select(metric => metric.Value).ToArrayAsync();
        Assert.Equal([0.5, 0.25], losses);
    }

    [Fact]
    public async Task A_batch_of_any_size_arrives_once_also_when_it_is_sent_twice()
    {
        var run = await server.NewRunAsync("large batch");
        var batch = new MlflowBatch
        {
            Metrics = [.. Enumerable.Range(0, 30_000).Select(step => new MlflowMetric("m", step / 3.0, 1_700_000_000_000 + step, step))],
            Params = [.. Enumerable.Range(0, 250).Select(i => new MlflowParam($"p{i}", $"{i}"))],
            Tags = [.. Enumerable.Range(0, 250).Select(i => new MlflowTag($"t{i}", $"{i}"))],
        };

        await Client.LogBatchAsync(run.RunId, batch);
        await Client.LogBatchAsync(run.RunId, batch);

        Assert.Equal(batch.Metrics, await Client.GetMetricHistoryAsync(run.RunId, "m").ToArrayAsync());
        var data = (await Client.GetRunAsync(run.RunId)).Data!;
        Assert.Equal(batch.Params, data.Params);
        Assert.Equal(batch.Tags, data.Tags!.Where(tag => tag.Key != "mlflow.runName"));
        Assert.Equal(batch.Metrics[^1], Assert.Single(data.Metrics!));
    }

    [Fact]
    public async Task A_param_too_long_is_cut_where_one_can_see_it()
    {
        var run = await server.NewRunAsync("long param");

        await Client.LogBatchAsync(run.RunId, new MlflowBatch { Params = [new("p", new string('x', 10_000)), new("q", new string('y', 6000))] });

        var read = await Client.GetRunAsync(run.RunId);
        Assert.Equal(new string('x', 5999) + "…", read.Param("p"));
        Assert.Equal(new string('y', 6000), read.Param("q"));
    }

    [Fact]
    public async Task Many_who_open_an_experiment_at_once_get_the_same()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Client.GetOrCreateExperimentAsync("race")));

        Assert.Single(opened.Select(experiment => experiment.ExperimentId).Distinct());
    }

    [Fact]
    public async Task Searches_page_through_everything()
    {
        var experiment = await Client.GetOrCreateExperimentAsync("paging");
        for (var i = 0; i < 401; i++)
        {
            await Client.CreateRunAsync(experiment.ExperimentId, $"run-{i:000}", Start.AddSeconds(i));
        }

        var runs = await Client.SearchRunsAsync([experiment.ExperimentId], orderBy: ["attributes.run_name ASC"]).ToArrayAsync();
        var endInOne = await Client.SearchRunsAsync([experiment.ExperimentId], "attributes.run_name LIKE 'run-%1'").CountAsync();

        Assert.Equal(Enumerable.Range(0, 401).Select(i => $"run-{i:000}"), runs.Select(run => run.Info.RunName));
        Assert.Equal(40, endInOne);
        Assert.Contains(await Client.SearchExperimentsAsync("name = 'paging'").ToArrayAsync(), found => found.ExperimentId == experiment.ExperimentId);
    }

    [Fact]
    public async Task Artifacts_come_back_byte_for_byte()
    {
        var run = await server.NewRunAsync("artifacts");
        var content = RandomNumberGenerator.GetBytes(3_000_000);
        using var stream = new MemoryStream(content);

        await Client.UploadArtifactAsync(run.Info, "model/ü +%?&.bin", stream);
        await Client.UploadArtifactAsync(run.Info, "empty.txt", ReadOnlyMemory<byte>.Empty, MediaTypes.Text);

        using var read = new MemoryStream();
        await Client.DownloadArtifactAsync(run.Info, "model/ü +%?&.bin", read);
        Assert.True(content.AsSpan().SequenceEqual(read.ToArray()));
        Assert.Equal<MlflowArtifact>([new("empty.txt"), new("model", IsDir: true)], await Client.ListArtifactsAsync(run.Info));
        Assert.Equal<MlflowArtifact>([new("model/ü +%?&.bin", FileSize: content.Length)], await Client.ListArtifactsAsync(run.Info, "model"));
        Assert.Empty(await Client.ListArtifactsAsync(run.Info, "nothing/here"));
    }

    [Fact]
    public async Task A_missing_artifact_is_an_error()
    {
        var run = await server.NewRunAsync("artifacts");

        var failure = await Assert.ThrowsAsync<MlflowException>(() => Client.DownloadArtifactAsync(run.Info, "nope", Stream.Null));

        Assert.Contains("nope", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("a//b")]
    [InlineData("a\\b")]
    [InlineData("a/")]
    public async Task Paths_that_lead_elsewhere_are_refused_before_they_are_sent(string path)
    {
        var run = await server.NewRunAsync("artifacts");

        var failure = await Assert.ThrowsAsync<MlflowException>(() => Client.UploadArtifactAsync(run.Info, path, "x"u8.ToArray()));

        Assert.Equal(MlflowErrorCodes.InvalidParameterValue, failure.ErrorCode);
    }

    [Fact]
    public async Task Artifacts_somewhere_unreachable_are_an_error_that_names_where()
    {
        var failure = await Assert.ThrowsAsync<MlflowException>(
            () => Client.ListArtifactsAsync(new MlflowRunInfo("r", "1", ArtifactUri: "dbfs:/somewhere/artifacts")));

        Assert.Contains("'dbfs:'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inputs_are_kept_once()
    {
        var run = await server.NewRunAsync("inputs");
        var input = new MlflowDatasetInput(
            new MlflowDataset("mnist", "abc", "s3", """{"uri":"s3://datasets/mnist"}"""), [new MlflowTag("mlflow.data.context", "training")]);

        await Client.LogInputsAsync(run.RunId, [input]);
        await Client.LogInputsAsync(run.RunId, [input]);

        var found = await Client.SearchRunsAsync([run.Info.ExperimentId], "datasets.name = 'mnist' AND dataset.context = 'training'").ToArrayAsync();
        Assert.Equal(run.RunId, Assert.Single(found).RunId);
    }
}

using System.Text.Json;

namespace OrleansTrain.Tracking.Tests.Server;

public sealed class LoggingTests(EmbeddedServer server) : IClassFixture<EmbeddedServer>
{
    [Theory]
    [InlineData("""{"key": "old", "value": "2"}""")]
    [InlineData("""{"key": "fresh", "value": "1"}, {"key": "fresh", "value": "1"}""")]
    [InlineData("""{"key": "a$b", "value": "1"}""")]
    public async Task A_batch_with_one_bad_param_leaves_nothing(string badParams)
    {
        var run = await server.NewRunAsync("all or nothing");
        await server.Client.LogBatchAsync(run.RunId, new MlflowBatch { Params = [new("old", "1")] });

        var (status, _) = await server.PostAsync(
            "runs/log-batch",
            $$"""
            {"run_id": "{{run.RunId}}", "params": [{"key": "good", "value": "1"}, {{badParams}}],
             "metrics": [{"key": "m", "value": 1, "timestamp": 1, "step": 0}], "tags": [{"key": "t", "value": "1"}]}
            """);

        var data = (await server.Client.GetRunAsync(run.RunId)).Data!;
        Assert.Equal(400, status);
        Assert.Equal<MlflowParam>([new("old", "1")], data.Params!);
        Assert.Null(data.Metrics);
        Assert.Equal("mlflow.runName", Assert.Single(data.Tags!).Key);
    }

    [Fact]
    public async Task The_newest_value_is_that_of_the_highest_step_then_time_then_value()
    {
        var run = await server.NewRunAsync("latest");
        MlflowMetric[] inOrder = [new("m", 9, 9, 0), new("m", 1, 5, 1), new("m", 1, 6, 1), new("m", 2, 6, 1)];
        foreach (var metric in inOrder.Reverse())
        {
            await server.Client.LogBatchAsync(run.RunId, new MlflowBatch { Metrics = [metric] });
        }

        Assert.Equal(inOrder[^1], (await server.Client.GetRunAsync(run.RunId)).Metric("m"));
    }

    [Fact]
    public async Task Renaming_by_tag_or_update_changes_both()
    {
        var run = await server.NewRunAsync("names");

        await server.Client.SetTagAsync(run.RunId, "mlflow.runName", "by tag");
        var byTag = await server.Client.GetRunAsync(run.RunId);
        await server.Client.UpdateRunAsync(run.RunId, runName: "by update");
        var byUpdate = await server.Client.GetRunAsync(run.RunId);
        await server.Client.LogBatchAsync(run.RunId, new MlflowBatch { Tags = [new("mlflow.runName", "by batch")] });
        var byBatch = await server.Client.GetRunAsync(run.RunId);

        Assert.All(
            [(byTag, "by tag"), (byUpdate, "by update"), (byBatch, "by batch")],
            pair => Assert.Equal((pair.Item2, pair.Item2), (pair.Item1.Info.RunName, pair.Item1.Tag("mlflow.runName"))));
    }

    [Fact]
    public async Task A_deleted_experiment_is_not_opened_but_named_with_what_to_do()
    {
        var experiment = await server.Client.GetOrCreateExperimentAsync("deleted");
        await server.PostAsync("experiments/delete", $$"""{"experiment_id": "{{experiment.ExperimentId}}"}""");

        var failure = await Assert.ThrowsAsync<MlflowException>(() => server.Client.GetOrCreateExperimentAsync("deleted"));

        Assert.Equal(MlflowErrorCodes.InvalidState, failure.ErrorCode);
        Assert.Contains($"mlflow experiments restore --experiment-id {experiment.ExperimentId}", failure.Message, StringComparison.Ordinal);
        Assert.False((await server.Client.GetExperimentAsync(experiment.ExperimentId)).IsActive);
    }

    [Theory]
    [InlineData("""{"key": "v", "value": "1.5"}""", 1.5)]
    [InlineData("""{"key": "v", "value": " 2 "}""", 2.0)]
    [InlineData("""{"key": "v", "value": true}""", 1.0)]
    [InlineData("""{"key": "v", "value": 1e-320}""", 1e-320)]
    [InlineData("""{"key": "v", "value": "-inf"}""", double.MinValue)]
    [InlineData("""{"key": "v", "value": Infinity}""", 0.0)]
    public async Task Values_are_read_as_protobuf_reads_them(string metric, double expected)
    {
        var run = await server.NewRunAsync("values");

        var withRun = metric.Replace("}", $$""", "timestamp": 7, "run_id": "{{run.RunId}}"}""", StringComparison.Ordinal);
        var (status, body) = await server.PostAsync("runs/log-metric", withRun);

        // An unquoted infinity stops the reading, and with it the run's ID is lost.
        if (metric.Contains(": Infinity", StringComparison.Ordinal))
        {
            Assert.Equal(404, status);
            return;
        }

        Assert.True(status == 200, body);
        Assert.Equal(expected, (await server.Client.GetRunAsync(run.RunId)).Metric("v")!.Value);
    }

    [Theory]
    [InlineData("runs/log-batch", """{"run_id": "x", "metrics": [1]}""")]
    [InlineData("runs/log-batch", """{"run_id": "x", "metrics": {"a": 1}}""")]
    [InlineData("runs/log-batch", "[[[[[[[[")]
    [InlineData("runs/search", """{"experiment_ids": [["1"]], "order_by": {"a": []}, "max_results": 1e400}""")]
    [InlineData("runs/search", """{"experiment_ids": "1", "filter": "\ud800"}""")]
    [InlineData("runs/create", """{"experiment_id": "99999999999999999999"}""")]
    [InlineData("runs/set-tag", "\"\\\"nested\\\"\"")]
    [InlineData("experiments/search", """{"max_results": 1, "page_token": "eyJvZmZzZXQiOiAtMX0="}""")]
    public async Task Nonsense_gets_an_answer(string method, string body)
    {
        var (status, _) = await server.PostAsync(method, body);

        Assert.InRange(status, 200, 500);
    }

    [Fact]
    public async Task Numbers_look_as_Python_writes_them()
    {
        var run = await server.NewRunAsync("numbers");
        await server.Client.LogBatchAsync(run.RunId, new MlflowBatch { Metrics = [new("one", 1, 1), new("big", 1e308, 1), new("small", -2.5e-7, 1)] });

        var (_, body) = await server.SendAsync(HttpMethod.Get, $"/api/2.0/mlflow/runs/get?run_id={run.RunId}");

        using var answer = JsonDocument.Parse(body);
        var metrics = answer.RootElement.GetProperty("run").GetProperty("data").GetProperty("metrics").EnumerateArray();
        Assert.Equal(["1.0", "1e+308", "-2.5e-07"], metrics.Select(metric => metric.GetProperty("value").GetRawText()));
    }
}

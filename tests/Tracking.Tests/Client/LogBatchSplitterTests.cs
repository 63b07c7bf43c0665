using System.Text.Json;
using OrleansTrain.Tracking.Batching;
using OrleansTrain.Tracking.Wire;

namespace OrleansTrain.Tracking.Tests.Client;

public sealed class LogBatchSplitterTests
{
    [Fact]
    public void An_empty_batch_is_no_request() => Assert.Empty(LogBatchSplitter.Split("r", new MlflowBatch()));

    [Fact]
    public void A_batch_at_the_limits_is_one_request()
    {
        var batch = new MlflowBatch { Metrics = Metrics(800), Params = Params(100), Tags = Tags(100) };

        var part = Assert.Single(LogBatchSplitter.Split("r", batch));

        Assert.Equal((800, 100, 100), (part.Metrics!.Count, part.Params!.Count, part.Tags!.Count));
    }

    [Theory]
    [InlineData(1001, 0, 0, 2)]
    [InlineData(0, 101, 0, 2)]
    [InlineData(0, 0, 101, 2)]
    [InlineData(801, 100, 100, 2)]
    [InlineData(2500, 250, 101, 3)]
    public void One_more_than_a_limit_is_one_request_more(int metrics, int parameters, int tags, int requests)
    {
        var batch = new MlflowBatch { Metrics = Metrics(metrics), Params = Params(parameters), Tags = Tags(tags) };

        var parts = LogBatchSplitter.Split("r", batch).ToList();

        Assert.Equal(requests, parts.Count);
        Assert.Equal(batch.Metrics, parts.SelectMany(part => part.Metrics ?? []));
        Assert.Equal(batch.Params, parts.SelectMany(part => part.Params ?? []));
        Assert.Equal(batch.Tags, parts.SelectMany(part => part.Tags ?? []));
        Assert.All(parts, part => Assert.True(Items(part) <= MlflowLimits.ItemsPerBatch));
    }

    [Fact]
    public void No_request_is_longer_than_one_megabyte()
    {
        // Escaped characters take six bytes each: 100 such params are 3.6 MB.
        var batch = new MlflowBatch { Params = [.. Params(100).Select(param => param with { Value = new string('ü', 6000) })] };

        var parts = LogBatchSplitter.Split("r", batch).ToList();

        Assert.Equal(4, parts.Count);
        Assert.All(parts, part => Assert.True(
            JsonSerializer.SerializeToUtf8Bytes(part, MlflowJson.Default.LogBatchRequest).Length <= MlflowLimits.BytesPerBatch));
        Assert.Equal(batch.Params, parts.SelectMany(part => part.Params!));
    }

    [Fact]
    public void A_tag_that_fits_into_no_request_is_refused()
    {
        var batch = new MlflowBatch { Tags = [new MlflowTag("huge", new string('x', MlflowLimits.BytesPerBatch))] };

        var refusal = Assert.Throws<MlflowException>(() => LogBatchSplitter.Split("r", batch).ToList());

        Assert.Equal(MlflowErrorCodes.InvalidParameterValue, refusal.ErrorCode);
    }

    private static int Items(LogBatchRequest part) => (part.Metrics?.Count ?? 0) + (part.Params?.Count ?? 0) + (part.Tags?.Count ?? 0);

    private static MlflowMetric[] Metrics(int count) => [.. Enumerable.Range(0, count).Select(i => new MlflowMetric("loss", i, 1_700_000_000_000 + i, i))];

    private static MlflowParam[] Params(int count) => [.. Enumerable.Range(0, count).Select(i => new MlflowParam($"p{i}", $"{i}"))];

    private static MlflowTag[] Tags(int count) => [.. Enumerable.Range(0, count).Select(i => new MlflowTag($"t{i}", $"{i}"))];
}

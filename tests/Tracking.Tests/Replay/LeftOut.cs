using System.Text;
using System.Text.Json.Nodes;

namespace OrleansTrain.Tracking.Tests.Replay;

/// <summary>What happened to the recorded server outside the recordings, and what later ones rest on.</summary>
internal static class LeftOut
{
    private const string JsonType = "application/json";

    /// <summary>A run of the recordings.</summary>
    private const string First = "9335d7122f494d6081dcb123b02566f8";

    private const string Batch = "e0e23d978f8b47278a4a8365f01f0563";

    /// <summary>Does what stood before this recording.</summary>
    public static async Task BeforeAsync(Replayer replayer, Recording recording)
    {
        switch (recording.Id)
        {
            case "158-log-batch-100-params":
                await LogThousandMetricsAsync(replayer);
                break;
            case "334-artifacts-list-root":
                await PutArtifactsOnS3Async(replayer);
                break;
        }
    }

    /// <summary>156-log-batch-1000-metrics.</summary>
    private static async Task LogThousandMetricsAsync(Replayer replayer)
    {
        const long firstTimestamp = 1_700_000_000_000;
        var metrics = Enumerable.Range(0, 1000).Select(i =>
            (JsonNode)new JsonObject { ["key"] = "m", ["value"] = (double)i, ["timestamp"] = firstTimestamp + i, ["step"] = i });
        var body = new JsonObject { ["run_id"] = Batch, ["metrics"] = new JsonArray([.. metrics]) };
        var answer = await replayer.SendAsync(
            HttpMethod.Post, "/api/2.0/mlflow/runs/log-batch", [("Content-Type", JsonType)], Encoding.UTF8.GetBytes(body.ToJsonString()));
        Assert.Equal(200, answer.Status);
    }

    /// <summary>The recorded run's artifacts were written straight to the object store.</summary>
    private static async Task PutArtifactsOnS3Async(Replayer replayer)
    {
        (string Path, byte[] Content)[] files =
        [
            ("top.txt", "hello\n"u8.ToArray()),
            ("empty.txt", []),
            ("model/MLmodel", "flavors: {}\n"u8.ToArray()),
            ("model/data/x.bin", [.. Enumerable.Range(0, 256).Select(value => (byte)value)]),
            ("a%20b/%C3%BC.txt", "ü\n"u8.ToArray()),
        ];
        foreach (var (path, content) in files)
        {
            var answer = await replayer.SendAsync(HttpMethod.Put, $"/api/2.0/mlflow-artifacts/artifacts/4/{First}/artifacts/{path}", [], content);
            Assert.Equal(200, answer.Status);
        }
    }
}

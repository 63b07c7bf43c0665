using System.Text.Json;
using OrleansTrain.Client.Runs;
using OrleansTrain.Client.Tests.Fakes;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Tests.Runs;

public class RunResultJsonTests
{
    [Fact]
    public void AFinishedRunHasExactlyTheseKeys()
    {
        var json = RunResultJson.Write(RunResult.Of(Statuses.Ended(RunPhase.Finished)));

        Assert.Equal(
            """
            {"run_id":"0123456789abcdef0123456789abcdef","experiment":"digits","status":"FINISHED","world_size":2,"epochs":2,"steps":200,
            "load_seconds":0.5,"train_seconds":20,"samples_per_second":640,"training_loss":0.25,"test_loss":0.125,"test_accuracy":0.9375,
            "checkpoint_uri":"s3://checkpoints/run/200","weights_sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "restarts":1,"tracking_uri":"http://127.0.0.1:5000/","metrics":{"test_top5":1}}
            """.ReplaceLineEndings(""),
            json);
    }

    [Fact]
    public void ARunThatFailedEarlyHasTheSameKeysAndTheReason()
    {
        var status = Statuses.Waiting with { Phase = RunPhase.Failed, Message = "loss is NaN at step 3 of rank 1" };

        var json = RunResultJson.Write(RunResult.Of(status));

        Assert.Equal(
            """
            {"run_id":"0123456789abcdef0123456789abcdef","experiment":"digits","status":"FAILED","world_size":2,"epochs":0,"steps":0,
            "load_seconds":0,"train_seconds":0,"samples_per_second":null,"training_loss":null,"test_loss":null,"test_accuracy":null,
            "checkpoint_uri":null,"weights_sha256":null,"restarts":0,"tracking_uri":"http://127.0.0.1:5000/","metrics":{},
            "error":"loss is NaN at step 3 of rank 1"}
            """.ReplaceLineEndings(""),
            json);
    }

    [Fact]
    public void WhatIsNoNumberInJsonIsNull()
    {
        var status = Statuses.Ended(RunPhase.Failed) with { Evaluation = new Dictionary<string, double> { ["test_loss"] = double.NaN } };

        using var json = JsonDocument.Parse(RunResultJson.Write(RunResult.Of(status)));

        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("test_loss").ValueKind);
    }
}

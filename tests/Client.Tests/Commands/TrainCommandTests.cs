using System.Text.Json;
using OrleansTrain.Client.Tests.Fakes;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Tests.Commands;

public class TrainCommandTests
{
    [Theory]
    [InlineData(RunPhase.Finished, 0, "FINISHED")]
    [InlineData(RunPhase.Failed, 1, "FAILED")]
    [InlineData(RunPhase.Killed, 130, "KILLED")]
    public async Task JsonIsOneObjectAndTheExitCodeSaysHowItEnded(RunPhase phase, int exitCode, string status)
    {
        var client = new ClientHarness { Run = new FakeRun().Then(Statuses.Training(2, 50), Statuses.Ended(phase, "why")) };

        Assert.Equal(exitCode, await client.RunAsync("train", "mnist", "--json"));

        using var json = JsonDocument.Parse(client.Output);
        Assert.Equal(status, json.RootElement.GetProperty("status").GetString());
        Assert.Equal(phase == RunPhase.Failed, client.Errors.Contains($"error: run {Statuses.RunId} failed: why", StringComparison.Ordinal));
        Assert.Equal(1, client.Sessions!.Closed);
        Assert.Equal(Statuses.RunId, client.Sessions.Announced);
    }

    [Fact]
    public async Task ProgressGoesToStderrAndTheSummaryToStdout()
    {
        var client = new ClientHarness { Run = new FakeRun().Then(Statuses.Ended(RunPhase.Finished)) };

        Assert.Equal(0, await client.RunAsync("train", "mnist"));

        Assert.Contains("epoch 2/2 done", client.Errors, StringComparison.Ordinal);
        Assert.Matches(@"test_accuracy +0\.9375", client.Output);
        Assert.DoesNotContain("epoch 2/2 done", client.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FlagsReachTheSpecAndTheCluster()
    {
        var client = new ClientHarness { Run = new FakeRun().Then(Statuses.Ended(RunPhase.Finished)) };

        await client.RunAsync(
            "train", "mnist-cnn", "--ranks", "4", "--lr", "0.5", "--batch-size-per-rank=8", "--param", "hidden=64", "--param", "dropout=0",
            "--set", "on_error=skip", "--silos", "2", "--max-failures", "-1");

        var spec = client.Run.Spec!;
        Assert.Equal((4, 0.5, 8, "skip", -1), (spec.Ranks, spec.LearningRate, spec.BatchSizePerRank, spec.OnError, spec.MaxFailures));
        Assert.Equal(new Dictionary<string, string> { ["dropout"] = "0", ["hidden"] = "64" }, spec.Parameters);
        Assert.Equal((2, 4), (client.Sessions!.Opened!.Silos, client.Sessions.Opened.Slots));
    }

    [Fact]
    public async Task ATraceIsAskedForAndWritten()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var client = new ClientHarness { Run = new FakeRun { Trace = [1, 2, 3] }.Then(Statuses.Ended(RunPhase.Finished)) };

        Assert.Equal(0, await client.RunAsync("train", "mnist", "--trace", file));

        Assert.Equal((20, 20), (client.Run.Spec!.TraceWait, client.Run.Spec.TraceActive));
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(file));
        Assert.Contains(file, client.Errors, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task TheStepsTracedCanBeChosenAndARunWithoutThemLeavesNoFile()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var client = new ClientHarness { Run = new FakeRun().Then(Statuses.Ended(RunPhase.Finished)) };

        await client.RunAsync("train", "mnist", "--trace", file, "--set", "trace_active=3", "--set", "trace_wait=0");

        Assert.Equal((0, 3), (client.Run.Spec!.TraceWait, client.Run.Spec.TraceActive));
        Assert.False(File.Exists(file));
        Assert.Contains("no trace", client.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACommandThatIsRefusedLeavesNoTraceFileAndTheOldOneAsItWas()
    {
        var (missing, old) = (Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        await File.WriteAllBytesAsync(old, [1, 2, 3]);

        foreach (var file in new[] { missing, old })
        {
            Assert.Equal(2, await new ClientHarness().RunAsync("train", "mnist", "--trace", file, "--set", "trace_active=3000"));
        }

        Assert.False(File.Exists(missing));
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(old));
        File.Delete(old);
    }

    [Fact]
    public async Task ARunWithoutATraceSaysThatTheFileHoldsAnEarlierOne()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllBytesAsync(file, [1, 2, 3]);
        var client = new ClientHarness { Run = new FakeRun().Then(Statuses.Ended(RunPhase.Finished)) };

        await client.RunAsync("train", "mnist", "--trace", file);

        Assert.Contains($"{file} is what was there before", client.Errors, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(file));
        File.Delete(file);
    }

    [Fact]
    public async Task ANewTraceTakesThePlaceOfALongerOne()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllBytesAsync(file, new byte[100]);
        var client = new ClientHarness { Run = new FakeRun { Trace = [1, 2, 3] }.Then(Statuses.Ended(RunPhase.Finished)) };

        Assert.Equal(0, await client.RunAsync("train", "mnist", "--trace", file));

        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(file));
        File.Delete(file);
    }

    [Theory]
    [InlineData("cannot be written", "--trace", "/no-such-folder/trace.json")]
    [InlineData("--detach does not wait", "--trace", "trace.json", "--detach")]
    public async Task ATraceThatCannotBeWrittenIsRefused(string reason, params string[] flags)
    {
        var client = new ClientHarness { Run = new FakeRun().Then(Statuses.Ended(RunPhase.Finished)) };

        Assert.Equal(2, await client.RunAsync(["train", "mnist", .. flags]));

        Assert.Contains(reason, client.Errors, StringComparison.Ordinal);
        Assert.Null(client.Run.Spec);
    }

    [Fact]
    public async Task TheSourceIsWhatMlflowsPythonClientWouldSay()
    {
        var client = new ClientHarness { Run = new FakeRun().Then(Statuses.Ended(RunPhase.Finished)) };

        await client.RunAsync("train", "mnist", "--quiet");

        var source = client.Run.Source!;
        Assert.Equal("ada", source.User);
        Assert.Equal("ada", source.Tags["mlflow.user"]);
        Assert.Equal("orleanstrain train mnist --quiet", source.Tags["mlflow.source.name"]);
        Assert.Equal("LOCAL", source.Tags["mlflow.source.type"]);
    }

    [Fact]
    public async Task AnInterruptCancelsTheRun()
    {
        var client = new ClientHarness { Run = new FakeRun().Then(Statuses.Training(2, 50)) };

        var running = client.RunAsync("train", "mnist", "--json");
        await client.Run.Awaited.Task;
        client.Interrupt();

        Assert.Equal(130, await running);
        Assert.Equal("interrupted by the user", client.Run.CancelReason);
        using var json = JsonDocument.Parse(client.Output);
        Assert.Equal("KILLED", json.RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task DetachingPrintsTheRunIdAlone()
    {
        var client = new ClientHarness { HasCluster = true };

        Assert.Equal(0, await client.RunAsync("train", "mnist", "--detach"));

        Assert.Equal(Statuses.RunId + "\n", client.Output);
    }

    [Fact]
    public async Task ARefusedRunIsAUsageErrorAndLeavesStdoutEmpty()
    {
        var client = new ClientHarness { Run = new FakeRun { Refusal = new RunRefusedException("batch of 64 is larger than a rank's share, 32") } };

        Assert.Equal(2, await client.RunAsync("train", "mnist", "--json"));

        Assert.Equal("", client.Output);
        Assert.Equal("error: batch of 64 is larger than a rank's share, 32\n", client.Errors);
    }

    [Fact]
    public async Task AStartThatIsNotAnsweredIsAskedForAgainAsTheSameRequest()
    {
        var run = new FakeRun { Silences = new Queue<Exception>([new TimeoutException("lost with its silo for message: Request [S1 client]->[S2 grain] ---> with a stack")]) };
        var client = new ClientHarness { HasCluster = true, Run = run.Then(Statuses.Ended(RunPhase.Finished)) };

        Assert.Equal(0, await client.RunAsync("train", "mnist"));

        Assert.Equal(2, run.Requests.Count);
        Assert.Single(run.Requests.Distinct());
        Assert.Contains("no answer yet, asking again every second: lost with its silo\n", client.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARunThatDoesNotAnswerIsAskedAgain()
    {
        var client = new ClientHarness
        {
            HasCluster = true,
            Run = new FakeRun().ThenThrow(new TimeoutException("no answer")).ThenThrow(new TimeoutException("no answer")).Then(Statuses.Ended(RunPhase.Finished)),
        };

        Assert.Equal(0, await client.RunAsync("train", "mnist"));

        Assert.Contains("the run does not answer, asking again every second: no answer\nthe run answers again\n", client.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecretsReachNeitherOutputNorSourceNorParams()
    {
        var client = new ClientHarness { Run = new FakeRun().Then(Statuses.Ended(RunPhase.Failed, "403 for s3cr3t-key")) };
        client.Environment["AWS_SECRET_ACCESS_KEY"] = "s3cr3t-key";

        await client.RunAsync("train", "mnist", "--verbose");
        Assert.DoesNotContain("s3cr3t", client.Errors + client.Output + client.Run.Source!.SourceName, StringComparison.Ordinal);

        Assert.Equal(2, await client.RunAsync("train", "mnist-cnn", "--param", "hidden=s3cr3t-key"));
        Assert.Contains("error: hidden holds a secret", client.Errors, StringComparison.Ordinal);
        Assert.Equal(2, await client.RunAsync("train", "mnist", "--run-name", "s3cr3t-key"));
        Assert.Contains("error: run_name holds a secret", client.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", client.Errors, StringComparison.Ordinal);
    }
}

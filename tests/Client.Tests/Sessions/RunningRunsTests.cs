using OrleansTrain.Client.Sessions;

namespace OrleansTrain.Client.Tests.Sessions;

public sealed class RunningRunsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleanstrain").FullName;

    private RunningRuns Runs => new(HomeFolder.Locate(_ => null, _folder));

    [Fact]
    public void ARunIsFoundWhileItIsAnnounced()
    {
        var entry = new RunningRuns.Entry("abc", 1234, "secret", "http://127.0.0.1:5000");

        using (Runs.Announce(entry))
        {
            Assert.Equal([entry], Runs.Find("abc"));
            Assert.Equal([entry], Runs.Find(null));
            Assert.Empty(Runs.Find("other"));
        }

        Assert.Empty(Runs.Find("abc"));
    }

    [Fact]
    public void WhatAKilledProcessLeftIsForgotten()
    {
        var entry = new RunningRuns.Entry("abc", 1234, "secret", "http://127.0.0.1:5000");
        _ = Runs.Announce(entry);

        Runs.Forget(entry);

        Assert.Empty(Runs.Find(null));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    public void AnIdIsNoPath(string runId)
    {
        using var announcement = Runs.Announce(new RunningRuns.Entry("abc", 1234, "secret", ""));
        File.WriteAllText(Path.Combine(_folder, ".orleanstrain", "state", "outside.json"), """{"run_id":"x","gateway_port":1,"tracking_uri":""}""");

        Assert.Empty(Runs.Find(runId));
    }

    [Fact]
    public void AFileThatIsNotOursIsPassedOver()
    {
        using var announcement = Runs.Announce(new RunningRuns.Entry("abc", 1234, "secret", ""));
        File.WriteAllText(Path.Combine(_folder, ".orleanstrain", "state", "running", "odd.json"), "{");

        Assert.Equal("abc", Assert.Single(Runs.Find(null)).RunId);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OrleansTrain.Client.Doctor;
using OrleansTrain.Client.Tests.Fakes;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Storage;
using OrleansTrain.Tracking;

namespace OrleansTrain.Client.Tests.Doctor;

public class DoctorTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, null, null)]
    [InlineData(-2, null, null)]
    [InlineData(3, FindingLevel.Doubt, "its clock is 3 s ahead of this machine's")]
    [InlineData(-60, FindingLevel.Doubt, "its clock is 60 s behind this machine's")]
    [InlineData(-1000, FindingLevel.Bad, "its clock is 1000 s behind this machine's")]
    public void ClocksAreCompared(int seconds, object? level, string? text)
    {
        var finding = ClockSkew.Judge("s3", Now.AddSeconds(seconds), Now, Now);

        Assert.Equal(((FindingLevel?)level, text), (finding?.Level, finding?.Text));
    }

    [Fact]
    public void ATimeWithinTheAnswersWayIsNoSkew() => Assert.Null(ClockSkew.Judge("s3", Now.AddSeconds(8), Now, Now.AddSeconds(10)));

    [Theory]
    [InlineData("127.0.0.1:{0}", "Redis at 127.0.0.1:{0} cannot be reached")]
    [InlineData("a=b=c,=", "ORLEANSTRAIN_REDIS is no connection string: write it like host:6379,password=…,ssl=true or redis://user:password@host:6379.")]
    public async Task ARedisThatIsNotThereIsBad(string connection, string text)
    {
        var port = FreePort();

        var finding = Assert.Single(await new RedisCheck(Format(connection, port), TimeProvider.System).RunAsync(CancellationToken.None));

        Assert.Equal((FindingLevel.Bad, Format(text, port)), (finding.Level, finding.Text));
    }

    [Fact]
    public async Task AnMlflowThatIsNotThereIsBad()
    {
        var options = new MlflowClientOptions { TrackingUri = new Uri($"http://127.0.0.1:{FreePort()}") };

        var finding = Assert.Single(await new MlflowCheck(() => options, TimeProvider.System).RunAsync(CancellationToken.None));

        Assert.Equal((FindingLevel.Bad, "start the server, or correct MLFLOW_TRACKING_URI"), (finding.Level, finding.Mend));
    }

    [Fact]
    public async Task AnS3ServerThatIsNotThereIsBadForEachBucket()
    {
        var options = new ObjectStoreOptions
        {
            LocalFolder = Path.GetTempPath(),
            Endpoint = new Uri($"http://127.0.0.1:{FreePort()}"),
            AccessKey = "key",
            SecretKey = "s3cr3t",
            Retries = 0,
        };

        var findings = await new StorageCheck(() => options, TimeProvider.System).RunAsync(CancellationToken.None);

        Assert.Equal(2, findings.Count);
        Assert.All(findings, finding => Assert.Equal((FindingLevel.Bad, "start the S3 server, or correct AWS_ENDPOINT_URL_S3"), (finding.Level, finding.Mend)));
    }

    [Theory]
    [InlineData(0, new string[0], FindingLevel.Good)]
    [InlineData(0, new[] { "A100, 570, 80 GB" }, FindingLevel.Doubt)]
    [InlineData(1, new[] { "A100, 570, 80 GB" }, FindingLevel.Good)]
    public void AGpuThatCannotBeUsedIsADoubt(int usable, string[] found, object level) =>
        Assert.Equal((FindingLevel)level, TorchCheck.Judge(usable, found).Level);

    [Fact]
    public void SilosOfAnotherVersionAreNamed()
    {
        var cluster = new ClusterView([new SiloView("S1", "a", "Active", 2, "cpu", "1.0", []), new SiloView("S2", "b", "Active", 2, "cpu", "1.1", [])], []);
        var check = new ClusterCheck(new FakeSessions(new FakeGrains(new FakeRun()), true, true), "1.0");

        Assert.Equal(
            ["2 silos, 0 of 4 slots used", "silo b runs version 1.1, this client 1.0"],
            check.Judge(cluster).Select(finding => finding.Text));
    }

    [Fact]
    public async Task WhatIsBadFailsTheCommandAndSaysHowToMendIt()
    {
        var client = new ClientHarness { Checks = [new Fixed(Finding.Good("home", "there")), new Fixed(Finding.Bad("redis", "gone", "start it"))] };

        Assert.Equal(1, await client.RunAsync("doctor"));

        Assert.Equal("ok    home     there\nFAIL  redis    gone\n               -> start it\n", client.Output);
    }

    [Fact]
    public async Task ACheckThatBreaksIsAFindingToo()
    {
        var client = new ClientHarness { Checks = [new Broken()] };

        Assert.Equal(1, await client.RunAsync("doctor", "--json"));

        using var json = JsonDocument.Parse(client.Output);
        Assert.Equal("bad", json.RootElement[0].GetProperty("level").GetString());
    }

    private static string Format(string text, int port) => text.Replace("{0}", port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Fixed(Finding finding) : IDoctorCheck
    {
        public string Subject => finding.Subject;

        public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Finding>>([finding]);
    }

    private sealed class Broken : IDoctorCheck
    {
        public string Subject => "odd";

        public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) => throw new IOException("odd");
    }
}

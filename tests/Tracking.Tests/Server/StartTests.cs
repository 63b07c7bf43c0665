using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Tracking.Tests.Server;

public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_free_port_is_taken_and_told()
    {
        await using var first = await Start(0);
        await using var second = await Start(0);

        Assert.Equal(("http", "127.0.0.1"), (first.Uri.Scheme, first.Uri.Host));
        Assert.NotEqual(first.Uri.Port, second.Uri.Port);
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_error()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var failure = await Assert.ThrowsAsync<TrackingServerException>(() => Start(port));

        Assert.Contains($"127.0.0.1:{port}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("in use", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_failed_start_the_folder_is_free()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await Assert.ThrowsAsync<TrackingServerException>(() => Start(((IPEndPoint)taken.LocalEndpoint).Port));

        Directory.Delete(_folder.Path, recursive: true);

        await using var server = await Start(0);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "tracking.db")));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_one_clear_error()
    {
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var failure = await Assert.ThrowsAsync<TrackingServerException>(
            () => EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = Path.Combine(file, "tracking") }));

        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_one_clear_error()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "tracking.db"), new string('x', 5000));

        var failure = await Assert.ThrowsAsync<TrackingServerException>(() => Start(0));

        Assert.Contains("not a database", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_not_touched()
    {
        await using (await Start(0))
        {
        }

        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "tracking.db")};Pooling=False"))
        {
            connection.Open();
            using var command = new SqliteCommand("PRAGMA user_version = 1000", connection);
            command.ExecuteNonQuery();
        }

        var failure = await Assert.ThrowsAsync<TrackingServerException>(() => Start(0));

        Assert.Contains("newer version", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no.such.host", 0)]
    [InlineData("127.0.0.1", 70000)]
    [InlineData("127.0.0.1", -1)]
    public async Task An_impossible_address_is_one_clear_error(string host, int port)
    {
        var failure = await Assert.ThrowsAsync<TrackingServerException>(
            () => EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = _folder.Path, Host = host, Port = port }));

        Assert.Contains(port == 0 ? host : $"{port}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_experiment_is_there()
    {
        await using var server = await Start(0);
        using var client = NewClient(server);

        var experiment = await client.GetExperimentAsync("0");

        Assert.Equal(("Default", "mlflow-artifacts:/0", true), (experiment.Name, experiment.ArtifactLocation, experiment.IsActive));
    }

    [Fact]
    public async Task What_was_logged_survives_a_restart()
    {
        MlflowRun run;
        await using (var server = await Start(0))
        {
            using var client = NewClient(server);
            run = await client.CreateRunAsync("0", "kept", DateTimeOffset.UnixEpoch);
            await client.LogBatchAsync(run.RunId, new MlflowBatch { Metrics = [new("loss", 1, 1)] });
            await client.UploadArtifactAsync(run.Info, "a.txt", "kept"u8.ToArray());
        }

        await using var again = await Start(0);
        using var reader = NewClient(again);
        Assert.Equal(new MlflowMetric("loss", 1, 1), (await reader.GetRunAsync(run.RunId)).Metric("loss"));
        using var artifact = new MemoryStream();
        await reader.DownloadArtifactAsync(run.Info, "a.txt", artifact);
        Assert.Equal("kept"u8.ToArray(), artifact.ToArray());
    }

    [Fact]
    public async Task Two_servers_share_a_folder()
    {
        await using var first = await Start(0);
        await using var second = await Start(0);
        using var one = NewClient(first);
        using var other = NewClient(second);
        var run = await one.CreateRunAsync("0", "shared", DateTimeOffset.UnixEpoch);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(step => (step % 2 == 0 ? one : other).LogBatchAsync(
            run.RunId, new MlflowBatch { Metrics = [new("loss", step, 1_000 + step, step)] })));

        var steps = await other.GetMetricHistoryAsync(run.RunId, "loss").Select(metric => metric.Step).ToArrayAsync();
        Assert.Equal(Enumerable.Range(0, 40).Select(step => (long)step), steps);
        Assert.Equal(39, (await one.GetRunAsync(run.RunId)).Metric("loss")!.Step);
    }

    private Task<EmbeddedTrackingServer> Start(int port) =>
        EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = _folder.Path, Port = port });

    private static MlflowClient NewClient(EmbeddedTrackingServer server) => new(new MlflowClientOptions { TrackingUri = server.Uri });
}

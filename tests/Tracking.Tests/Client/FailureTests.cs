using System.Net;
using System.Net.Sockets;
using OrleansTrain.Tests.Shared;
using OrleansTrain.Tracking.Tests.Client.Scripted;

namespace OrleansTrain.Tracking.Tests.Client;

/// <summary>What goes wrong between a client and its server, and what the client says of it.</summary>
public sealed class FailureTests
{
    private static readonly MlflowBatch OneMetric = new() { Metrics = [new MlflowMetric("loss", 0.5, 1_700_000_000_000)] };

    [Fact]
    public async Task Nobody_listening_is_certainly_not_applied_and_says_where_and_what_to_do()
    {
        var port = FreePort();

        var failure = await WriteFails(new Uri($"http://127.0.0.1:{port}/"));

        Assert.Contains($"http://127.0.0.1:{port}/", failure.Message, StringComparison.Ordinal);
        Assert.Contains("MLFLOW_TRACKING_URI", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("Connection refused. Start it, or correct the address.", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsTransient);
        Assert.False(failure.MayHaveBeenApplied);
    }

    [Fact]
    public async Task A_reset_after_the_request_leaves_the_outcome_open()
    {
        await using var server = new ScriptedServer().Then(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });

        var failure = await WriteFails(server.Uri);

        Assert.True(failure is { IsTransient: true, MayHaveBeenApplied: true, StatusCode: null }, failure.ToString());
    }

    [Fact]
    public async Task A_reset_at_any_moment_is_a_passing_failure()
    {
        await using var server = new ResettingServer();
        using var client = NewClient(server.Uri);
        for (var i = 0; i < 3000; i++)
        {
            var failure = await Assert.ThrowsAsync<MlflowException>(() => client.LogBatchAsync("r", OneMetric));
            Assert.True(failure.IsTransient, failure.ToString());
        }
    }

    [Fact]
    public async Task A_failed_read_never_applied_anything()
    {
        await using var server = new ScriptedServer().Then(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });
        using var client = NewClient(server.Uri);

        var failure = await Assert.ThrowsAsync<MlflowException>(() => client.GetRunAsync("r"));

        Assert.True(failure is { IsTransient: true, MayHaveBeenApplied: false }, failure.ToString());
    }

    [Fact]
    public async Task A_body_that_breaks_off_leaves_the_outcome_open()
    {
        await using var server = new ScriptedServer().ThenSend("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");

        var failure = await WriteFails(server.Uri);

        Assert.True(failure is { IsTransient: true, MayHaveBeenApplied: true }, failure.ToString());
    }

    [Theory]
    [InlineData(500, true, true)]
    [InlineData(502, true, true)]
    [InlineData(503, true, true)]
    [InlineData(429, true, false)]
    [InlineData(408, true, false)]
    [InlineData(400, false, false)]
    [InlineData(403, false, false)]
    public async Task A_status_says_whether_to_repeat_and_whether_it_may_be_done(int status, bool transient, bool mayBeDone)
    {
        await using var server = new ScriptedServer().ThenJson(status, """{"error_code": "SOMETHING", "message": "no"}""");

        var failure = await WriteFails(server.Uri);

        Assert.Equal(((HttpStatusCode)status, transient, mayBeDone), (failure.StatusCode, failure.IsTransient, failure.MayHaveBeenApplied));
        Assert.Equal("SOMETHING", failure.ErrorCode);
    }

    [Fact]
    public async Task A_wait_the_server_asks_for_is_told()
    {
        await using var server = new ScriptedServer().ThenJson(429, "{}", "Retry-After: 7");

        Assert.Equal(TimeSpan.FromSeconds(7), (await WriteFails(server.Uri)).RetryAfter);
    }

    [Fact]
    public async Task A_page_of_html_is_named_not_shown()
    {
        var page = "<!doctype html><title>502 Bad Gateway</title>" + new string('x', 100_000);
        await using var server = new ScriptedServer()
            .ThenSend($"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: {page.Length}\r\nConnection: close\r\n\r\n{page}");

        var failure = await WriteFails(server.Uri);

        Assert.Contains("502 Bad Gateway", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Message.Length, 1, 300);
    }

    [Fact]
    public async Task A_login_page_with_a_good_status_is_not_taken_for_success()
    {
        await using var server = new ScriptedServer()
            .ThenSend("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><title>Sign in</title></html>");

        var failure = await WriteFails(server.Uri);

        Assert.Contains("Sign in", failure.Message, StringComparison.Ordinal);
        Assert.True(failure is { IsTransient: false, MayHaveBeenApplied: true }, failure.ToString());
    }

    [Fact]
    public async Task A_host_the_server_does_not_know_gets_advice()
    {
        await using var server = new ScriptedServer().ThenSend(
            "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nInvalid Host header - possible DNS rebinding attack detected");

        var failure = await WriteFails(server.Uri);

        Assert.Contains($"MLFLOW_SERVER_ALLOWED_HOSTS={server.Uri.Authority}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_credentials_but_told()
    {
        await using var server = new ScriptedServer()
            .ThenSend("HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/path\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.Contains("https://elsewhere.example", (await WriteFails(server.Uri)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_ends_with_the_timeout_and_an_open_outcome()
    {
        await using var server = new ScriptedServer().Then(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.Forever;
        });
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = server.Uri, RequestTimeout = TimeSpan.FromMilliseconds(200) });

        var failure = await Assert.ThrowsAsync<MlflowException>(() => client.LogBatchAsync("r", OneMetric));

        Assert.Contains("within 0.2 s", failure.Message, StringComparison.Ordinal);
        Assert.True(failure is { IsTransient: true, MayHaveBeenApplied: true }, failure.ToString());
    }

    [Fact]
    public async Task A_caller_who_cancels_gets_a_cancellation()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new ScriptedServer().Then(async connection =>
        {
            await connection.ReadRequestAsync();
            await cancel.CancelAsync();
            await connection.Forever;
        });
        using var client = NewClient(server.Uri);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.LogBatchAsync("r", OneMetric, cancel.Token));
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off_at_the_limit()
    {
        await using var server = new ScriptedServer().Then(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n" + new string(' ', 200_000));
            await connection.Forever;
        });
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = server.Uri, MaxResponseBytes = 100_000 });

        var failure = await Assert.ThrowsAsync<MlflowException>(() => client.GetRunAsync("r"));

        Assert.Contains("longer than 100000 bytes", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public async Task A_page_token_that_never_changes_does_not_page_forever()
    {
        const string page = """{"metrics": [{"key": "a", "value": 1, "timestamp": 1, "step": 1}], "next_page_token": "again"}""";
        await using var server = new ScriptedServer().ThenJson(200, page).ThenJson(200, page);
        using var client = NewClient(server.Uri);

        var failure = await Assert.ThrowsAsync<MlflowException>(async () =>
        {
            await foreach (var _ in client.GetMetricHistoryAsync("r", "a"))
            {
                Assert.InRange(server.Connections, 1, 2);
            }
        });

        Assert.Contains("next_page_token", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_are_repeated_if_asked_for()
    {
        await using var server = new ScriptedServer().ThenJson(503, "{}", "Retry-After: 0").ThenSend("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n3.6.0");
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = server.Uri, ReadRetries = 1 });

        Assert.Equal("3.6.0", await client.GetVersionAsync());
    }

    [Fact]
    public async Task Writes_are_never_repeated()
    {
        await using var server = new ScriptedServer().ThenJson(503, "{}", "Retry-After: 0");
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = server.Uri, ReadRetries = 3 });

        await Assert.ThrowsAsync<MlflowException>(() => client.LogBatchAsync("r", OneMetric));

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_refused_key_is_told_before_anything_is_sent()
    {
        await using var server = new ScriptedServer();
        using var client = NewClient(server.Uri);

        var failure = await Assert.ThrowsAsync<MlflowException>(
            () => client.LogBatchAsync("r", new MlflowBatch { Metrics = [new MlflowMetric("a$b", 1, 1)] }));

        Assert.Equal((MlflowErrorCodes.InvalidParameterValue, 0), (failure.ErrorCode, server.Connections));
        Assert.False(failure.MayHaveBeenApplied);
    }

    [Fact]
    public async Task An_upload_whose_own_stream_fails_says_so_as_it_is()
    {
        await using var server = new ScriptedServer().Then(connection => connection.ReadRequestAsync());
        using var client = NewClient(server.Uri);
        var run = new MlflowRunInfo("r", "1", ArtifactUri: "mlflow-artifacts:/1/r/artifacts");

        var failure = await Assert.ThrowsAsync<IOException>(() => client.UploadArtifactAsync(run, "x.bin", new BrokenStream()));

        Assert.Equal("the disk is gone", failure.Message);
    }

    private static async Task<MlflowException> WriteFails(Uri server)
    {
        using var client = NewClient(server);
        return await Assert.ThrowsAsync<MlflowException>(() => client.LogBatchAsync("r", OneMetric));
    }

    private static MlflowClient NewClient(Uri server) => new(new MlflowClientOptions { TrackingUri = server });

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Tracking.Tests.Server;

public sealed class AccessTests : IDisposable
{
    private const string Experiment = "api/2.0/mlflow/experiments/get?experiment_id=0";

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:5000", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("192.168.7.7", HttpStatusCode.OK)]
    [InlineData("tracking.example", HttpStatusCode.OK)]
    [InlineData("tracking.example:5000", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("8.8.8.8", HttpStatusCode.Forbidden)]
    public async Task Only_names_that_are_ours_are_answered(string host, HttpStatusCode expected)
    {
        await using var server = await Start(new EmbeddedTrackingOptions { DataFolder = _folder.Path, AllowedHosts = ["tracking.example"] });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Uri, Experiment)) { Headers = { Host = host } };

        Assert.Equal(expected, (await _http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:3000", HttpStatusCode.OK)]
    public async Task A_page_of_another_site_cannot_write(string origin, HttpStatusCode expected)
    {
        await using var server = await Start(new EmbeddedTrackingOptions { DataFolder = _folder.Path });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Uri, "api/2.0/mlflow/experiments/search"))
        {
            Content = new StringContent("""{"max_results": 1}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Origin", origin);

        var answer = await _http.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", "s3cret", HttpStatusCode.OK)]
    [InlineData("Basic", "bWU6czNjcmV0", HttpStatusCode.OK)] // me:s3cret
    [InlineData("Basic", "bWU6d3Jvbmc=", HttpStatusCode.Unauthorized)] // me:wrong
    [InlineData("Basic", "%%%", HttpStatusCode.Unauthorized)]
    public async Task A_token_is_asked_for_if_there_is_one(string? scheme, string? value, HttpStatusCode expected)
    {
        await using var server = await Start(new EmbeddedTrackingOptions { DataFolder = _folder.Path, Token = "s3cret" });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Uri, Experiment));
        request.Headers.Authorization = scheme is null ? null : new AuthenticationHeaderValue(scheme, value);

        Assert.Equal(expected, (await _http.SendAsync(request)).StatusCode);
        Assert.Equal("OK", await _http.GetStringAsync(new Uri(server.Uri, "health")));
    }

    [Fact]
    public async Task A_client_without_the_token_is_told_which_variable_to_set()
    {
        await using var server = await Start(new EmbeddedTrackingOptions { DataFolder = _folder.Path, Token = "s3cret" });
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = server.Uri });

        var failure = await Assert.ThrowsAsync<MlflowException>(() => client.GetExperimentAsync("0"));

        Assert.Contains("MLFLOW_TRACKING_TOKEN", failure.Message, StringComparison.Ordinal);
    }

    private static Task<EmbeddedTrackingServer> Start(EmbeddedTrackingOptions options) => EmbeddedTrackingServer.StartAsync(options);
}

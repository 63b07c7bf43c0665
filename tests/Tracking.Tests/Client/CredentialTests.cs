using System.Text;
using OrleansTrain.Tracking.Tests.Client.Scripted;

namespace OrleansTrain.Tracking.Tests.Client;

public sealed class CredentialTests
{
    private const string Empty = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

    [Fact]
    public async Task User_and_password_go_as_basic_and_win_over_a_token()
    {
        var request = await RequestOf(uri => new MlflowClientOptions { TrackingUri = uri, Username = "u", Password = "p", Token = "t" });

        Assert.Contains(Basic("u", "p"), request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_goes_as_bearer() =>
        Assert.Contains("Authorization: Bearer t", await RequestOf(uri => new MlflowClientOptions { TrackingUri = uri, Token = "t" }), StringComparison.Ordinal);

    [Fact]
    public async Task User_info_of_the_address_is_used_and_not_shown()
    {
        await using var server = new ScriptedServer();
        var address = new UriBuilder(server.Uri) { UserName = "me", Password = "s3cret%21" }.Uri;
        string? request = null;
        server.Then(async connection =>
        {
            request = await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        });
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = address });

        var failure = await Assert.ThrowsAsync<MlflowException>(() => client.SetTagAsync("r", "a", "b"));

        Assert.Contains(Basic("me", "s3cret!"), request, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.ToString() + client.TrackingUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_server_named_by_an_artifact_uri_gets_no_credentials()
    {
        await using var other = new ScriptedServer();
        string? request = null;
        other.Then(async connection =>
        {
            request = await connection.ReadRequestAsync();
            await connection.SendAsync(Empty);
        });
        await using var server = new ScriptedServer();
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = server.Uri, Token = "t" });

        await client.UploadArtifactAsync(
            new MlflowRunInfo("r", "1", ArtifactUri: $"mlflow-artifacts://{other.Uri.Authority}/1/r/artifacts"), "a b.txt", "hello"u8.ToArray());

        Assert.StartsWith("PUT /api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/a%20b.txt ", request, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", request, StringComparison.Ordinal);
        Assert.EndsWith("hello", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_behind_a_path_is_called_below_it()
    {
        await using var server = new ScriptedServer();
        string? request = null;
        server.Then(async connection =>
        {
            request = await connection.ReadRequestAsync();
            await connection.SendAsync(Empty);
        });
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = new Uri(server.Uri, "tracking/mlflow") });

        await client.SetTagAsync("r", "a", "b");

        Assert.StartsWith("POST /tracking/mlflow/api/2.0/mlflow/runs/set-tag ", request, StringComparison.Ordinal);
    }

    private static async Task<string> RequestOf(Func<Uri, MlflowClientOptions> options)
    {
        await using var server = new ScriptedServer();
        var request = "";
        server.Then(async connection =>
        {
            request = await connection.ReadRequestAsync();
            await connection.SendAsync(Empty);
        });
        using var client = new MlflowClient(options(server.Uri));
        await client.SetTagAsync("r", "a", "b");
        return request;
    }

    private static string Basic(string user, string password) =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";
}

using System.Text;

namespace OrleansTrain.Tracking.Tests.Server;

/// <summary>Requests as they stand, without what a client library would tidy up.</summary>
internal static class RawRequests
{
    private static readonly HttpClient Http = new();

    public static async Task<(int Status, string Body)> SendAsync(this EmbeddedServer server, HttpMethod method, string target, string? json = null)
    {
        var address = new Uri(
            server.Uri.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, address);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public static Task<(int Status, string Body)> PostAsync(this EmbeddedServer server, string method, string json) =>
        server.SendAsync(HttpMethod.Post, $"/api/2.0/mlflow/{method}", json);
}

using System.Text;
using System.Text.Json;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Tracking.Tests.Replay;

/// <summary>Sends recorded requests to an embedded server of its own and says how the answers differ.</summary>
internal sealed class Replayer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly EmbeddedTrackingServer _server;
    private readonly HttpClient _http = new();
    private readonly Identities _identities = new();

    private Replayer(TemporaryFolder folder, EmbeddedTrackingServer server)
    {
        _folder = folder;
        _server = server;
    }

    /// <param name="runIds">The IDs of the recorded runs, in the order they were created: runs that tie are ordered by ID.</param>
    public static async Task<Replayer> StartAsync(IEnumerable<string> runIds)
    {
        var folder = new TemporaryFolder();
        var ids = new Queue<string>(runIds);
        return new Replayer(
            folder, await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = folder.Path, NewRunId = ids.Dequeue }));
    }

    /// <returns>Null if the answer is as recorded, else what differs.</returns>
    public async Task<string?> ReplayAsync(Recording recording)
    {
        var received = await SendAsync(recording.Method, recording.Target, recording.RequestHeaders, recording.RequestBody);
        if (recording.Status == received.Status && recording.ResponseBody is { } expected)
        {
            _identities.Learn(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(received.Body));
        }

        return Compare(recording, received);
    }

    public async Task<Received> SendAsync(
        HttpMethod method, string target, IReadOnlyList<(string Name, string Value)> headers, byte[]? body)
    {
        // Paths must arrive as recorded, dots and all.
        var address = new Uri(
            _server.Uri.GetLeftPart(UriPartial.Authority) + _identities.ToOurs(target),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(IsText(body) ? Encoding.UTF8.GetBytes(_identities.ToOurs(Encoding.UTF8.GetString(body))) : body);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await _http.SendAsync(request);
        return new Received((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", await response.Content.ReadAsByteArrayAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private string? Compare(Recording recording, Received received)
    {
        if (recording.Status != received.Status)
        {
            return $"status {recording.Status} expected, {received.Status} found: {Encoding.UTF8.GetString(received.Body)}";
        }

        if (recording.ContentType != received.ContentType)
        {
            return $"content type '{recording.ContentType}' expected, '{received.ContentType}' found";
        }

        if (recording.ResponseBody is not { } expected || recording.Method == HttpMethod.Head)
        {
            return null;
        }

        return recording.ContentType == "application/json" && IsJson(expected)
            ? CompareText(Normal.Of(Encoding.UTF8.GetString(expected)), Normal.Of(_identities.ToRecorded(Encoding.UTF8.GetString(received.Body))))
            : expected.AsSpan().SequenceEqual(received.Body) ? null : CompareText(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(received.Body));
    }

    private static string? CompareText(string expected, string found) => expected == found ? null : $"expected\n{expected}\nfound\n{found}";

    private static bool IsText(byte[] bytes) => bytes.All(value => value is >= 0x20 or (byte)'\n');

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using OrleansTrain.Storage;

namespace OrleansTrain.Data.Tests.Storage;

/// <summary>Answers each request with the next answer of a script and closes the connection: a server that misbehaves on command.</summary>
internal sealed partial class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<string> _answers;
    private readonly Task _serving;

    public ScriptedServer(params string[] answers)
    {
        _answers = new Queue<string>(answers);
        _listener.Start();
        _serving = Serve();
    }

    /// <summary>Heads of the requests so far.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Their bodies, a character a byte; empty where there is none, or the server has refused it.</summary>
    public List<string> Bodies { get; } = [];

    public ObjectStoreOptions Options(int retries = 6) => new()
    {
        LocalFolder = "unused",
        Endpoint = new Uri($"http://{_listener.LocalEndpoint}"),
        AccessKey = "key",
        SecretKey = "secret-never-shown",
        Retries = retries,
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };

    public static string Error(int status, string code, string text = "said so") =>
        With(status, $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{text}</Message></Error>");

    /// <summary>An answer that announces <paramref name="announced"/> bytes (by default as many as there are) and has <paramref name="body"/>.</summary>
    public static string With(int status, string body, int? announced = null, string headers = "") =>
        $"HTTP/1.1 {status} Whatever\r\nContent-Length: {announced ?? body.Length}\r\nConnection: close\r\n{headers}\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var stream = client.GetStream();
                await Answer(stream);
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // Stopped.
        }
    }

    // All of it: a connection that is closed on unread bytes is reset, and the answer may be lost.
    private static async Task<string> Body(StreamReader reader, int length)
    {
        var body = new char[length];
        return length == 0 ? "" : new string(body, 0, await reader.ReadBlockAsync(body));
    }

    [GeneratedRegex(@"^Content-Length: (\d+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex ContentLength();

    [GeneratedRegex("^Expect: 100-continue", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex AsksFirst();

    private async Task Answer(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        var head = new StringBuilder();
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            head.AppendLine(line);
        }

        Requests.Add(head.ToString());
        var answer = _answers.TryDequeue(out var next) ? next : Error(500, "ScriptIsOver");
        if (!AsksFirst().IsMatch(head.ToString()) || answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal))
        {
            await stream.WriteAsync(AsksFirst().IsMatch(head.ToString()) ? "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray() : []);
            Bodies.Add(await Body(reader, ContentLength().Match(head.ToString()) is { Success: true } length ? int.Parse(length.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0));
        }
        else
        {
            Bodies.Add("");
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
    }
}

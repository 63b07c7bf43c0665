using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansTrain.Tracking.Errors;
using Polly;

namespace OrleansTrain.Tracking.Http;

/// <summary>Sends one request, waits a bounded time for a bounded answer, and turns every failure into an <see cref="MlflowException"/>.</summary>
internal sealed class MlflowTransport(MlflowClientOptions options, HttpMessageHandler handler, TimeProvider timeProvider) : IDisposable
{
    private static readonly ProductInfoHeaderValue UserAgent = new("orleanstrain", typeof(MlflowTransport).Assembly.GetName().Version?.ToString(3));

    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ResiliencePipeline _reads = ReadRetry.Create(options, timeProvider);

    public TrackingEndpoint Endpoint { get; } = new(options);

    /// <param name="path">Relative to the server's address, with its query.</param>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> answerType, CancellationToken cancellationToken) =>
        await _reads.ExecuteAsync(
            async token => Parse(await SendAsync(NewRequest(HttpMethod.Get, path), token), path, answerType, isWrite: false),
            cancellationToken);

    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken) =>
        await _reads.ExecuteAsync(
            async token => Encoding.UTF8.GetString((await SendAsync(NewRequest(HttpMethod.Get, path), token)).Span).Trim(),
            cancellationToken);

    /// <param name="isWrite">False for searches, which MLflow serves by POST.</param>
    public async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, bool isWrite, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body, bodyType);
        return isWrite
            ? await PostOnceAsync(cancellationToken)
            : await _reads.ExecuteAsync(async token => await PostOnceAsync(token), cancellationToken);

        async Task<TAnswer> PostOnceAsync(CancellationToken token)
        {
            var request = NewRequest(HttpMethod.Post, path);
            request.Content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            return Parse(await SendAsync(request, token, isWrite), path, answerType, isWrite);
        }
    }

    public async Task UploadAsync(Uri address, Stream content, string contentType, CancellationToken cancellationToken)
    {
        using var watchdog = new TransferWatchdog(options.RequestTimeout, timeProvider, cancellationToken);
        var request = NewRequest(HttpMethod.Put, address);
        request.Content = new UploadContent(content, watchdog.Progress) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        await SendAsync(request, isWrite: true, watchdog, async (response, token) =>
        {
            watchdog.Progress();
            await BoundedBody.ReadAsync(response, options.MaxResponseBytes, token);
            return 0;
        });
    }

    public async Task DownloadAsync(Uri address, Stream destination, CancellationToken cancellationToken)
    {
        using var watchdog = new TransferWatchdog(options.RequestTimeout, timeProvider, cancellationToken);
        await SendAsync(NewRequest(HttpMethod.Get, address), isWrite: false, watchdog, async (response, token) =>
        {
            await using var body = await response.Content.ReadAsStreamAsync(token);
            await Transfer.ReceiveAsync(body, destination, watchdog.Progress, token);
            return 0;
        });
    }

    public void Dispose() => _http.Dispose();

    private async Task<ReadOnlyMemory<byte>> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken, bool isWrite = false)
    {
        using var watchdog = new TransferWatchdog(options.RequestTimeout, timeProvider, cancellationToken);
        return await SendAsync(request, isWrite, watchdog, (response, token) => BoundedBody.ReadAsync(response, options.MaxResponseBytes, token));
    }

    private async Task<T> SendAsync<T>(
        HttpRequestMessage request, bool isWrite, TransferWatchdog watchdog, Func<HttpResponseMessage, CancellationToken, Task<T>> read)
    {
        var watched = request.Content is { } content ? new WatchedContent(content) : null;
        request.Content = watched;
        using (request)
        {
            try
            {
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, watchdog.Token);
                return response.IsSuccessStatusCode
                    ? await read(response, watchdog.Token)
                    : throw await RefusalReader.ReadAsync(response, Endpoint, isWrite, watchdog.Token);
            }
            catch (CallerStreamException exception)
            {
                throw exception.Cause();
            }
            // A bare SocketException: .NET 10 asks a new connection for its peer's address outside the code that wraps errors.
            catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException or OperationCanceledException)
            {
                watchdog.ThrowIfCallerCanceled();
                throw ConnectionFailure.From(exception, request, Endpoint, options.RequestTimeout, isWrite && watched is { Started: true });
            }
        }
    }

    private T Parse<T>(ReadOnlyMemory<byte> body, string path, JsonTypeInfo<T> answerType, bool isWrite)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, answerType)
                ?? throw new JsonException("the answer is null");
        }
        catch (JsonException exception)
        {
            throw NotMlflow.From(body.Span, path, Endpoint, isWrite, exception);
        }
    }

    private HttpRequestMessage NewRequest(HttpMethod method, string path) => NewRequest(method, new Uri(Endpoint.BaseAddress, path));

    private HttpRequestMessage NewRequest(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.UserAgent.Add(UserAgent);
        request.Headers.Accept.ParseAdd("*/*");
        request.Headers.Authorization = Endpoint.AuthorizationFor(address);
        return request;
    }
}

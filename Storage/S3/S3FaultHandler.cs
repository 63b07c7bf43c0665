using System.Net;
using System.Net.Sockets;

namespace OrleansTrain.Storage.S3;

/// <summary>
/// Turns every refusal of the server into an <see cref="S3Fault"/>, and silence into a <see cref="TimeoutException"/>: one way of failing,
/// whichever of the SDK's calls or our own the request came from.
/// </summary>
/// <param name="buffer">Reads small answers whole, so that a connection lost inside one is seen here and retried.</param>
internal sealed class S3FaultHandler(TimeSpan timeout, bool buffer) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        if (request.Content is UploadBody body)
        {
            // A long upload takes its time; a server that takes nothing of it any more is away.
            body.Progress = () => patience.CancelAfter(timeout);
        }

        try
        {
            var response = await base.SendAsync(request, patience.Token);
            if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                using (response)
                {
                    throw await S3Fault.Read(response, patience.Token);
                }
            }

            if (buffer)
            {
                await response.Content.LoadIntoBufferAsync(patience.Token);
            }

            return response;
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {timeout.TotalSeconds:0} s", error);
        }
        catch (SocketException error)
        {
            // .NET 10 asks a new connection for its peer's address outside the code that wraps errors: one reset before that ends in a bare one.
            throw new HttpRequestException(HttpRequestError.ConnectionError, error.Message, error);
        }
    }
}

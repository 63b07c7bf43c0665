using Polly;

namespace OrleansTrain.Storage.S3;

/// <summary>Sends a request again after a transient fault. Below the SDK, so that one lost page or part does not repeat a whole listing or upload.</summary>
internal sealed class S3RetryHandler(ResiliencePipeline pipeline) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(
            static async (state, token) => await state.Handler.SendOnce(state.Request, token), (Handler: this, Request: request), cancellationToken);

    private Task<HttpResponseMessage> SendOnce(HttpRequestMessage request, CancellationToken cancellationToken) => base.SendAsync(request, cancellationToken);
}

using System.Net;
using System.Text.Json;
using OrleansTrain.Tracking.Http;
using OrleansTrain.Tracking.Wire;

namespace OrleansTrain.Tracking.Errors;

/// <summary>Makes an exception of an answer that is not a success.</summary>
internal static class RefusalReader
{
    private const int LongestErrorBody = 64 * 1024;

    public static async Task<MlflowException> ReadAsync(
        HttpResponseMessage response, TrackingEndpoint endpoint, bool isWrite, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(response, cancellationToken);
        var error = ParseError(body.Span);
        var status = response.StatusCode;
        return new MlflowException(Describe(response, endpoint, error, body.Span), error?.ErrorCode)
        {
            StatusCode = status,
            IsTransient = IsTransient(status, error?.ErrorCode),
            MayHaveBeenApplied = isWrite && (int)status >= 500,
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    /// <summary>The status alone already says that the call failed; a body that breaks off only makes the message shorter.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await BoundedBody.ReadPrefixAsync(response, LongestErrorBody, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    private static ErrorResponse? ParseError(ReadOnlySpan<byte> body)
    {
        try
        {
            return body.Length == 0 ? null : JsonSerializer.Deserialize(body, MlflowJson.Default.ErrorResponse);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Server errors pass, as do 408 and 429, unless MLflow itself names a reason that will not go away.</summary>
    private static bool IsTransient(HttpStatusCode status, string? errorCode) =>
        errorCode is not (MlflowErrorCodes.InvalidState or MlflowErrorCodes.InvalidParameterValue or MlflowErrorCodes.ResourceDoesNotExist)
        && status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
        && status != HttpStatusCode.NotImplemented;

    private static string Describe(HttpResponseMessage response, TrackingEndpoint endpoint, ErrorResponse? error, ReadOnlySpan<byte> body)
    {
        var request = response.RequestMessage!;
        var text = error?.Message is { Length: > 0 } message ? OneLine.Of(message) : OneLine.OfBody(body);
        var summary = $"MLflow at {endpoint.BaseAddress} answered {(int)response.StatusCode} to {request.Method} {endpoint.Relative(request.RequestUri!)}"
            + $"{(error?.ErrorCode is { } code ? $" ({code})" : "")}{(text.Length > 0 ? $": {text}" : "")}";
        return Advice(response, endpoint, text) is { } advice ? $"{summary.TrimEnd('.')}. {advice}" : summary;
    }

    private static string? Advice(HttpResponseMessage response, TrackingEndpoint endpoint, string text) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized =>
            $"Set {MlflowEnvironment.Username} and {MlflowEnvironment.Password}, or {MlflowEnvironment.Token}.",
        HttpStatusCode.Forbidden when text.Contains("Invalid Host header", StringComparison.OrdinalIgnoreCase) =>
            $"The server does not accept the host name '{endpoint.BaseAddress.Authority}': start it with "
            + $"MLFLOW_SERVER_ALLOWED_HOSTS={endpoint.BaseAddress.Authority} (or --allowed-hosts).",
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest when response.Headers.Location is { } location =>
            $"It redirects to {new Uri(endpoint.BaseAddress, location).GetLeftPart(UriPartial.Authority)}: "
            + $"set {MlflowEnvironment.TrackingUri} to the address it redirects to.",
        _ => null,
    };
}

using System.Text.Json;
using OrleansTrain.Tracking.Http;

namespace OrleansTrain.Tracking.Errors;

/// <summary>An answer with a good status that is not what MLflow would say: a login page, another server, a broken proxy.</summary>
internal static class NotMlflow
{
    public static MlflowException From(ReadOnlySpan<byte> body, string path, TrackingEndpoint endpoint, bool isWrite, JsonException reason)
    {
        var isHtml = OneLine.OfBody(body);
        var query = path.IndexOf('?', StringComparison.Ordinal);
        return new MlflowException(
            $"The answer of {endpoint.BaseAddress} to {(query < 0 ? path : path[..query])} is not MLflow's ({OneLine.Of(reason.Message)}): "
            + $"found {isHtml}. Check that {MlflowEnvironment.TrackingUri} names an MLflow server.",
            errorCode: null,
            reason)
        {
            MayHaveBeenApplied = isWrite,
        };
    }
}

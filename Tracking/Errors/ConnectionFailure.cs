using OrleansTrain.Tracking.Http;

namespace OrleansTrain.Tracking.Errors;

/// <summary>Makes an exception of a request that got no whole answer.</summary>
internal static class ConnectionFailure
{
    public static MlflowException From(
        Exception exception, HttpRequestMessage request, TrackingEndpoint endpoint, TimeSpan timeout, bool mayHaveBeenApplied)
    {
        var what = $"{request.Method} {endpoint.Relative(request.RequestUri!)}";
        var message = exception switch
        {
            // The time to connect ends before that for the answer, and says so by its cause.
            OperationCanceledException { InnerException: TimeoutException } =>
                $"No connection to MLflow at {endpoint.BaseAddress} ({MlflowEnvironment.TrackingUri}) came about in time",
            OperationCanceledException => $"MLflow at {endpoint.BaseAddress} did not answer {what} within {timeout.TotalSeconds:0.###} s",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                $"The host '{endpoint.BaseAddress.Host}' of {MlflowEnvironment.TrackingUri} ({endpoint.BaseAddress}) is not known",
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                $"No MLflow server answers at {endpoint.BaseAddress} ({MlflowEnvironment.TrackingUri}): "
                + $"{OneLine.Of(exception.GetBaseException().Message).TrimEnd('.')}. Start it, or correct the address",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"No trusted TLS connection to {endpoint.BaseAddress}: {OneLine.Of(exception.GetBaseException().Message)}. "
                + $"Install the server's certificate authority, or set {MlflowEnvironment.InsecureTls}=true to trust anybody",
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
                $"The answer of MLflow at {endpoint.BaseAddress} to {what} was refused: {OneLine.Of(exception.GetBaseException().Message)}",
            _ => $"The connection to MLflow at {endpoint.BaseAddress} broke during {what}: {OneLine.Of(exception.GetBaseException().Message)}",
        };
        return new MlflowException(message.TrimEnd('.') + ".", errorCode: null, exception)
        {
            IsTransient = exception is not HttpRequestException
            {
                HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.ConfigurationLimitExceeded,
            },
            MayHaveBeenApplied = mayHaveBeenApplied,
        };
    }
}

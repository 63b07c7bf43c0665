using System.Net;
using Minio.Exceptions;

namespace OrleansTrain.Storage.S3;

/// <summary>Says in one line what went wrong between us and an S3 server, and what to do about it.</summary>
internal static class S3Errors
{
    /// <summary>True for what a request can end with; anything else is a bug and passes through.</summary>
    public static bool IsStoreError(Exception error) =>
        error is S3Fault or UnreadableContentException or MinioException or HttpRequestException or IOException or TimeoutException;

    public static ObjectStoreException Translate(Exception error, string verb, string uri, Uri endpoint)
    {
        var what = $"Cannot {verb} {uri} at {endpoint.GetLeftPart(UriPartial.Authority)}";
        var (reason, kind) = error switch
        {
            S3Fault fault => Explain(fault),
            UnreadableContentException => (error.Message, ObjectStoreError.Unavailable),
            InvalidBucketNameException or InvalidObjectNameException => (error.Message, ObjectStoreError.InvalidName),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                ("the host name is not known; check the endpoint URL", ObjectStoreError.Unavailable),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                ($"TLS failed ({Deepest(error)}); check http against https in the endpoint URL and the server's certificate", ObjectStoreError.Unavailable),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                ($"the server cannot be reached ({Deepest(error)}); start it or correct the endpoint URL", ObjectStoreError.Unavailable),
            _ => ($"{Deepest(error)}, after all retries", ObjectStoreError.Unavailable),
        };
        return new ObjectStoreException($"{what}: {reason}.", kind, error);
    }

    private static (string Reason, ObjectStoreError Kind) Explain(S3Fault fault) => fault.Code switch
    {
        "NoSuchBucket" => ("there is no such bucket; create it or correct the URI", ObjectStoreError.NotFound),
        "NoSuchKey" => ("there is no such object", ObjectStoreError.NotFound),
        "NoSuchUpload" => ("the server has dropped the upload, or somebody has aborted it; write it again", ObjectStoreError.Unavailable),
        "InvalidAccessKeyId" => ("the server does not know the access key; check AWS_ACCESS_KEY_ID", ObjectStoreError.AccessDenied),
        "SignatureDoesNotMatch" => ("the secret key is wrong; check AWS_SECRET_ACCESS_KEY", ObjectStoreError.AccessDenied),
        "InvalidToken" or "ExpiredToken" => ("the session token is wrong or has expired; renew AWS_SESSION_TOKEN", ObjectStoreError.AccessDenied),
        "RequestTimeTooSkewed" or "RequestNotReadyYet" or "RequestExpired" => Skewed,
        "AccessDenied" when fault.Text.Contains("expired", StringComparison.OrdinalIgnoreCase) => Skewed,
        "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" =>
            ($"the region does not fit ({fault.Text}); set AWS_REGION", ObjectStoreError.AccessDenied),
        "PreconditionFailed" => ("it has changed since it was listed; do not change data while it is used", ObjectStoreError.Changed),
        "XMinioStorageFull" or "QuotaExceeded" or "XMinioAdminBucketQuotaExceeded" or "InsufficientStorage" =>
            ("the server has no space left for it", ObjectStoreError.NoSpace),
        "InvalidBucketName" or "KeyTooLongError" or "XMinioInvalidObjectName" => (fault.Text, ObjectStoreError.InvalidName),
        _ => fault.Status switch
        {
            HttpStatusCode.NotFound => ("there is no such object", ObjectStoreError.NotFound),
            HttpStatusCode.PreconditionFailed => ("it has changed since it was listed; do not change data while it is used", ObjectStoreError.Changed),
            HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized =>
                ($"access denied ({fault.Code}); check the keys and their rights on the bucket", ObjectStoreError.AccessDenied),
            HttpStatusCode.InsufficientStorage => ("the server has no space left for it", ObjectStoreError.NoSpace),
            _ when fault.IsTransient => ($"the server keeps failing ({fault.Message})", ObjectStoreError.Unavailable),
            _ => ($"the server refuses it ({fault.Message})", ObjectStoreError.Unavailable),
        },
    };

    private static (string Reason, ObjectStoreError Kind) Skewed =>
        ("this machine's clock and the server's differ too much; set the time on both", ObjectStoreError.AccessDenied);

    private static string Deepest(Exception error) => error.GetBaseException().Message.TrimEnd('.');
}

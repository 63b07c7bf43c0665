using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>An answer of MLflow that says no: a code, a message, and the status that goes with the code.</summary>
[SuppressMessage("Design", "CA1032", Justification = "An MLflow error always has a code.")]
internal sealed class MlflowError(string code, string message) : Exception(message)
{
    private const string InternalErrorCode = "INTERNAL_ERROR";
    private const string MissingCode = "RESOURCE_DOES_NOT_EXIST";
    private const string InvalidStateCode = "INVALID_STATE";
    private const string NotImplementedCode = "NOT_IMPLEMENTED";

    public string Code { get; } = code;

    public int Status => Code switch
    {
        MissingCode => StatusCodes.Status404NotFound,
        InternalErrorCode or InvalidStateCode => StatusCodes.Status500InternalServerError,
        NotImplementedCode => StatusCodes.Status501NotImplemented,
        _ => StatusCodes.Status400BadRequest,
    };

    public static MlflowError InvalidParameter(string message) => new("INVALID_PARAMETER_VALUE", message);

    public static MlflowError Missing(string message) => new(MissingCode, message);

    public static MlflowError AlreadyExists(string message) => new("RESOURCE_ALREADY_EXISTS", message);

    public static MlflowError BadRequest(string message) => new("BAD_REQUEST", message);

    public static MlflowError InvalidState(string message) => new(InvalidStateCode, message);

    public static MlflowError Internal(string message) => new(InternalErrorCode, message);

    public static MlflowError NotImplemented(string message) => new(NotImplementedCode, message);
}

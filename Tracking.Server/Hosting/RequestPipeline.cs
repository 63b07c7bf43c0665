using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using OrleansTrain.Tracking.Server.Http;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Hosting;

/// <summary>Checks who calls, finds the route, and turns what goes wrong into MLflow's answers.</summary>
internal sealed partial class RequestPipeline(AccessRules access, Router router, ILogger logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.XFrameOptions = "SAMEORIGIN";
        var target = RequestTarget.Of(context);
        try
        {
            if (access.Refuse(context.Request, target.Path) is { } refusal)
            {
                await context.SendAsync(refusal);
            }
            else
            {
                await router.HandleAsync(context, target);
            }
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // The caller has gone; there is nobody to answer.
            context.Abort();
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await context.SendAsync(AnswerTo(exception, context.Request.Method, target.Path));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "One request that goes wrong must not end the server; it is answered and logged.")]
    private Answer AnswerTo(Exception exception, string method, string path)
    {
        switch (exception)
        {
            case MlflowError error:
                return JsonAnswer.Error(error);
            case UnhandledRequestException:
                return HtmlAnswer.InternalError;
            case BadHttpRequestException bad:
                return HtmlAnswer.BadRequest with { Status = bad.StatusCode };
            case SqliteException or IOException or UnauthorizedAccessException:
                // A full disk, a damaged file, a database that stays locked: the caller must know, too.
                LogFolder(method, path, exception);
                return JsonAnswer.Error(MlflowError.Internal($"The tracking server cannot read or write its folder: {exception.Message}"));
            default:
                LogUnexpected(method, path, exception);
                return HtmlAnswer.InternalError;
        }
    }
}

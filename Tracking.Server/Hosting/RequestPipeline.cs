using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using OrleansTrain.Tracking.Server.Http;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Hosting;

/// <summary>Checks who calls, finds the route, and turns what goes wrong into MLflow's answers.</summary>
internal sealed class RequestPipeline(AccessRules access, Router router)
{
    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.XFrameOptions = "SAMEORIGIN";
        try
        {
            var target = RequestTarget.Of(context);
            if (access.Refuse(context.Request, target.Path) is { } refusal)
            {
                await context.SendAsync(refusal);
            }
            else
            {
                await router.HandleAsync(context, target);
            }
        }
        catch (MlflowError error)
        {
            await context.SendAsync(JsonAnswer.Error(error));
        }
        catch (UnhandledRequestException)
        {
            await context.SendAsync(HtmlAnswer.InternalError);
        }
        catch (BadHttpRequestException exception)
        {
            await context.SendAsync(HtmlAnswer.BadRequest with { Status = exception.StatusCode });
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException && !context.Response.HasStarted)
        {
            // A full disk, a damaged file: the caller is the only one to tell.
            await context.SendAsync(JsonAnswer.Error(MlflowError.Internal($"The tracking server cannot read or write its folder: {exception.Message}")));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
            context.Abort();
        }
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OrleansTrain.Tracking.Server.Artifacts;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Http;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>Artifacts as bytes: MLflow's artifact proxy, and the download link of its UI.</summary>
internal sealed class ArtifactRoutes(TrackingDatabase database, ArtifactFolder artifacts)
{
    public IEnumerable<Route> Routes =>
    [
        .. Both("GET", "mlflow-artifacts/artifacts", ListAsync),
        .. Both("GET", "mlflow-artifacts/artifacts/", DownloadAsync),
        .. Both("PUT", "mlflow-artifacts/artifacts/", UploadAsync),
        .. Both("DELETE", "mlflow-artifacts/artifacts/", DeleteAsync),
        .. Both("POST", "mlflow-artifacts/mpu/create/", RefuseMultipartAsync),
        .. Both("POST", "mlflow-artifacts/mpu/complete/", RefuseMultipartAsync),
        .. Both("POST", "mlflow-artifacts/mpu/abort/", RefuseMultipartAsync),
        new Route("GET", "/get-artifact", DownloadOfRunAsync),
    ];

    private static Route[] Both(string method, string path, Func<HttpContext, RequestTarget, Task> handle) =>
        [new(method, $"/api/2.0/{path}", handle), new(method, $"/ajax-api/2.0/{path}", handle)];

    private Task ListAsync(HttpContext context, RequestTarget target)
    {
        var path = ArtifactName.Check(target.Query.First("path") ?? "");
        var entries = artifacts.List(path);
        return context.SendAsync(JsonAnswer.Write(json =>
            json.WriteList("files", entries, static (json, entry) => ArtifactListApi.WriteEntry(json, entry, folder: ""))));
    }

    private async Task UploadAsync(HttpContext context, RequestTarget target)
    {
        var path = CheckFile(target.Rest);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        await artifacts.WriteAsync(path, context.Request.Body, context.RequestAborted);
        await context.SendAsync(JsonAnswer.Write(static _ => { }));
    }

    private Task DownloadAsync(HttpContext context, RequestTarget target) => SendFileAsync(context, CheckFile(target.Rest));

    private Task DownloadOfRunAsync(HttpContext context, RequestTarget target)
    {
        if (target.Query.First("path") is not { } named)
        {
            return context.SendAsync(HtmlAnswer.BadRequest);
        }

        var path = CheckFile(named);
        var runId = target.Query.First("run_id") ?? target.Query.First("run_uuid") ?? "";
        var run = database.Read(session => RunTable.GetInfo(session, runId));
        return SendFileAsync(context, $"{ArtifactListApi.FolderOf(run)}/{path}");
    }

    private Task DeleteAsync(HttpContext context, RequestTarget target)
    {
        artifacts.Delete(CheckFile(target.Rest));
        return context.SendAsync(JsonAnswer.Write(static _ => { }));
    }

    /// <summary>MLflow's own answer where files, not an object store, are behind it: its client then uploads in one piece.</summary>
    private static Task RefuseMultipartAsync(HttpContext context, RequestTarget target) =>
        throw MlflowError.NotImplemented("Multipart upload is not supported for the current artifact repository");

    private async Task SendFileAsync(HttpContext context, string path)
    {
        await using var file = artifacts.Open(path)
            ?? throw MlflowError.Internal(
                $"The following failures occurred while downloading one or more artifacts from {ExperimentTable.ProxyScheme}:\n"
                + $"##### File {path} #####\nNot Found");
        var name = path[(path.LastIndexOf('/') + 1)..];
        var response = context.Response;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        response.ContentType = ArtifactContentType.Of(name);
        response.ContentLength = file.Length;
        response.Headers.ContentDisposition = disposition.ToString();
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await file.CopyToAsync(response.Body, context.RequestAborted);
        }
    }

    private static string CheckFile(string path)
    {
        var name = ArtifactName.Check(path);
        return name.Split('/').Any(static part => part is "" or ".")
            ? throw new UnhandledRequestException($"'{path}' is not the name of a file")
            : name;
    }
}

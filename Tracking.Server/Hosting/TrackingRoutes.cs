using System.Buffers;
using Microsoft.AspNetCore.Http;
using OrleansTrain.Tracking.Server.Artifacts;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Handlers;
using OrleansTrain.Tracking.Server.Handlers.Registry;
using OrleansTrain.Tracking.Server.Http;

namespace OrleansTrain.Tracking.Server.Hosting;

/// <summary>Every route of the server.</summary>
internal static class TrackingRoutes
{
    /// <summary>The version of MLflow that the answers are those of.</summary>
    public const string MlflowVersion = "3.6.0";

    private const string Welcome =
        "<!doctype html>\n<title>OrleansTrain tracking</title>\n<p>This server speaks MLflow's REST API and has no web pages. "
        + "Read runs with <code>orleanstrain runs</code>, or set <code>MLFLOW_TRACKING_URI</code> to this address.</p>\n";

    private static readonly string[] Prefixes = ["/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"];

    public static IEnumerable<Route> All(TrackingDatabase database, ArtifactFolder artifacts, Func<string> newRunId)
    {
        ApiMethod[] methods =
        [
            .. new ExperimentApi(database).Methods,
            .. new RunApi(database, newRunId).Methods,
            .. new LoggingApi(database).Methods,
            .. new BatchApi(database).Methods,
            .. new InputApi(database).Methods,
            .. new MetricHistoryApi(database).Methods,
            .. new ArtifactListApi(database, artifacts).Methods,
            .. new RegisteredModelApi(database).Methods,
            .. new ModelVersionApi(database).Methods,
            .. new AliasAndStageApi(database).Methods,
            .. new LoggedModelApi(database).Methods,
        ];
        return
        [
            .. Prefixes.SelectMany(prefix => methods.Select(method => ToRoute(prefix, method))),
            .. new ArtifactRoutes(database, artifacts).Routes,
            new BulkHistoryRoute(database).Route,
            .. TraceSearches,
            new Route("GET", "/", static (context, _) => context.SendAsync(HtmlAnswer.Text(Welcome))),
            new Route("GET", AccessRules.HealthPath, static (context, _) => context.SendAsync(HtmlAnswer.Text("OK"))),
            new Route("GET", AccessRules.VersionPath, static (context, _) => context.SendAsync(HtmlAnswer.Text(MlflowVersion))),
        ];
    }

    /// <summary>MLflow 3 clients ask for traces. There are none: nobody can log one here.</summary>
    private static IEnumerable<Route> TraceSearches => new[] { "/api/3.0/mlflow/traces/search", "/ajax-api/3.0/mlflow/traces/search" }
        .Select(static path => new Route("POST", path, static (context, _) => context.SendAsync(JsonAnswer.Write(static _ => { }))));

    private static Route ToRoute(string prefix, ApiMethod method) => new(method.HttpMethod, prefix + method.Path, async (context, target) =>
    {
        var body = await ReadBodyAsync(context);
        await context.SendAsync(method.Answer(new IncomingRequest(method.HttpMethod, target.Query, context.Request.ContentType, body, target.PathValues)));
    });

    /// <summary>The web server bounds it (30 MB).</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var buffer = new ArrayBufferWriter<byte>();
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            foreach (var segment in read.Buffer)
            {
                buffer.Write(segment.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return buffer.WrittenMemory;
            }
        }
    }
}

using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Protocol;
using OrleansTrain.Tracking.Server.Search;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>The life of a run.</summary>
internal sealed class RunApi(TrackingDatabase database, Func<string> newRunId)
{
    private const long MostRunsPerPage = 50_000;
    private const long DefaultRunsPerPage = 1000;

    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Post(
            "runs/create",
            new MessageType(
                Field.Text("experiment_id"),
                Field.Text("user_id"),
                Field.Text("run_name"),
                Field.Integer("start_time"),
                Field.Many("tags", Messages.KeyValue)),
            [new("experiment_id", Check.Text), new("start_time", Check.Integer), new("run_name", Check.Text)],
            Create),
        ApiMethod.Get("runs/get", Messages.RunId, [Messages.RequiredRunId], Get),
        ApiMethod.Post(
            "runs/update",
            new MessageType(
                Field.Text("run_id"),
                Field.Text("run_uuid"),
                Field.Choice("status", Messages.RunStatus),
                Field.Integer("end_time"),
                Field.Text("run_name")),
            [Messages.RequiredRunId, new("end_time", Check.Integer), new("status", Check.Text), new("run_name", Check.Text)],
            Update),
        ApiMethod.Post("runs/delete", Messages.RunId, [Messages.RequiredRunId], (request, _) => SetStage(request, LifecycleStage.Deleted)),
        ApiMethod.Post("runs/restore", Messages.RunId, [Messages.RequiredRunId], (request, _) => SetStage(request, LifecycleStage.Active)),
        ApiMethod.Post(
            "runs/search",
            new MessageType(
                Field.Texts("experiment_ids"),
                Field.Text("filter"),
                Field.Choice("run_view_type", Messages.ViewType),
                Field.Integer("max_results"),
                Field.Texts("order_by"),
                Field.Text("page_token")),
            [
                new("experiment_ids", Check.List),
                new("filter", Check.Text),
                new("max_results", Check.Integer, Check.AtMost(MostRunsPerPage)),
                new("order_by", Check.List, Check.Texts),
            ],
            Search),
    ];

    private void Create(Message request, Utf8JsonWriter json)
    {
        var run = database.Write(session => RunCreation.Create(session, request, newRunId));
        json.WriteObject("run", () => RunJson.WriteNew(json, run));
    }

    private void Get(Message request, Utf8JsonWriter json)
    {
        var run = database.Read(session => RunTable.Get(session, request.RunId()));
        json.WriteObject("run", () => RunJson.Write(json, run));
    }

    private void Update(Message request, Utf8JsonWriter json)
    {
        var run = database.Write(session => RunTable.Update(
            session,
            RunTable.GetActive(session, request.RunId()),
            request.TextOrNull("status"),
            request.IntegerOrNull("end_time"),
            request.TextOrNull("run_name")));
        json.WriteObject("run_info", () => RunJson.WriteInfo(json, run));
    }

    private void SetStage(Message request, string stage) => database.Write(session =>
    {
        var run = RunTable.GetInfo(session, request.Text("run_id"));
        RunTable.SetStage(session, run.RunId, stage);
    });

    private void Search(Message request, Utf8JsonWriter json)
    {
        var limit = MaxResults.Check(request.Integer("max_results", DefaultRunsPerPage), MostRunsPerPage);
        var offset = PageToken.ReadOffset(request.Text("page_token"));
        var runs = database.Read(session => RunSearch.Find(
            session, request.Texts("experiment_ids"), request.Text("filter"), request.Texts("order_by"), request.Text("run_view_type"), limit, offset));
        json.WriteList("runs", runs, RunJson.Write);
        json.WritePageToken(runs.Count == limit ? PageToken.Create(offset + limit) : null);
    }
}

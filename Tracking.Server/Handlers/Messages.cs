using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>Parts that several request messages share.</summary>
internal static class Messages
{
    public static readonly IReadOnlyDictionary<int, string> RunStatus = new Dictionary<int, string>
    {
        [1] = "RUNNING",
        [2] = "SCHEDULED",
        [3] = "FINISHED",
        [4] = "FAILED",
        [5] = "KILLED",
    };

    public static readonly IReadOnlyDictionary<int, string> ViewType = new Dictionary<int, string>
    {
        [1] = "ACTIVE_ONLY",
        [2] = "DELETED_ONLY",
        [3] = "ALL",
    };

    public static readonly MessageType KeyValue = new(Field.Text("key"), Field.Text("value"));

    public static readonly MessageType Metric = new(
        Field.Text("key"),
        Field.Number("value"),
        Field.Integer("timestamp"),
        Field.Integer("step"),
        Field.Text("dataset_name"),
        Field.Text("dataset_digest"),
        Field.Text("model_id"),
        Field.Text("run_id"));

    public static readonly MessageType RunId = new(Field.Text("run_id"), Field.Text("run_uuid"));

    public static readonly MessageType ExperimentId = new(Field.Text("experiment_id"));

    public static readonly Parameter RequiredRunId = new("run_id", Check.Required, Check.Text);

    public static readonly Parameter RequiredExperimentId = new("experiment_id", Check.Required, Check.Text);

    public static Database.KeyValue ToKeyValue(this Message message) => new(message.Text("key"), message.Text("value"));
}

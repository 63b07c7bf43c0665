using System.Text.Json.Serialization;

namespace OrleansTrain.Tracking;

/// <summary>State of a run, as MLflow names it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MlflowRunStatus>))]
public enum MlflowRunStatus
{
    [JsonStringEnumMemberName("RUNNING")]
    Running,

    [JsonStringEnumMemberName("SCHEDULED")]
    Scheduled,

    [JsonStringEnumMemberName("FINISHED")]
    Finished,

    [JsonStringEnumMemberName("FAILED")]
    Failed,

    [JsonStringEnumMemberName("KILLED")]
    Killed,
}

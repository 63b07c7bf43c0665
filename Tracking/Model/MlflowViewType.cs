using System.Text.Json.Serialization;

namespace OrleansTrain.Tracking;

/// <summary>Which lifecycle stages a search returns.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MlflowViewType>))]
public enum MlflowViewType
{
    [JsonStringEnumMemberName("ACTIVE_ONLY")]
    ActiveOnly,

    [JsonStringEnumMemberName("DELETED_ONLY")]
    DeletedOnly,

    [JsonStringEnumMemberName("ALL")]
    All,
}

using System.Text.Json;
using OrleansTrain.Tracking.Server.Database.Registry;

namespace OrleansTrain.Tracking.Server.Handlers.Registry;

/// <summary>Writes logged models as MLflow's messages.</summary>
internal static class LoggedModelJson
{
    public static void Write(Utf8JsonWriter json, LoggedModelRecord model)
    {
        json.WriteObject("info", () =>
        {
            json.WriteString("model_id", model.ModelId);
            json.WriteString("experiment_id", $"{model.ExperimentId}");
            json.WriteString("name", model.Name);
            json.WriteNumber("creation_timestamp_ms", model.CreationTime);
            json.WriteNumber("last_updated_timestamp_ms", model.LastUpdatedTime);
            json.WriteString("artifact_uri", model.ArtifactUri);
            json.WriteString("status", model.Status);
            json.WriteString("model_type", model.ModelType);
            json.WriteString("source_run_id", model.SourceRunId);
            json.WriteList("tags", model.Tags, JsonWriting.WriteKeyValue);
        });
        json.WriteObject("data", () =>
        {
            json.WriteList("params", model.Params, JsonWriting.WriteKeyValue);
            json.WriteList("metrics", model.Metrics, (json, metric) =>
            {
                JsonWriting.WriteMetric(json, metric.Metric);
                WriteIfSet(json, "dataset_name", metric.DatasetName);
                WriteIfSet(json, "dataset_digest", metric.DatasetDigest);
                json.WriteString("model_id", model.ModelId);
                json.WriteString("run_id", metric.RunId);
            });
        });
    }

    private static void WriteIfSet(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }
}

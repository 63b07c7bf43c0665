using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>Writes records as MLflow's messages. Like MLflow it leaves out what is not set, and lists that are empty.</summary>
internal static class JsonWriting
{
    public static void WriteList<T>(this Utf8JsonWriter json, string name, IReadOnlyCollection<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteObject(this Utf8JsonWriter json, string name, Action write)
    {
        json.WriteStartObject(name);
        write();
        json.WriteEndObject();
    }

    public static void WritePageToken(this Utf8JsonWriter json, string? token)
    {
        if (token is not null)
        {
            json.WriteString("next_page_token", token);
        }
    }

    public static void WriteKeyValue(Utf8JsonWriter json, KeyValue pair)
    {
        json.WriteString("key", pair.Key);
        json.WriteString("value", pair.Value);
    }

    public static void WriteMetric(Utf8JsonWriter json, MetricRecord metric)
    {
        json.WriteString("key", metric.Key);
        WriteMetricValue(json, metric);
        json.WriteNumber("timestamp", metric.Timestamp);
        json.WriteNumber("step", metric.Step);
    }

    public static void WriteMetricValue(Utf8JsonWriter json, MetricRecord metric)
    {
        json.WritePropertyName("value");
        if (metric.IsNaN)
        {
            json.WriteStringValue("NaN");
        }
        else
        {
            json.WriteRawValue(PythonFloat.Format(metric.Value));
        }
    }

    public static void WriteExperiment(Utf8JsonWriter json, ExperimentRecord experiment)
    {
        json.WriteString("experiment_id", $"{experiment.Id}");
        json.WriteString("name", experiment.Name);
        json.WriteString("artifact_location", experiment.ArtifactLocation);
        json.WriteString("lifecycle_stage", experiment.LifecycleStage);
        json.WriteNumber("last_update_time", experiment.LastUpdateTime);
        json.WriteNumber("creation_time", experiment.CreationTime);
        json.WriteList("tags", experiment.Tags, WriteKeyValue);
    }
}

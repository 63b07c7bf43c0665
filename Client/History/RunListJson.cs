using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrleansTrain.Tracking;

namespace OrleansTrain.Client.History;

/// <summary>Runs as a JSON array, one object a run: IDs, times in ISO 8601, params and newest metrics.</summary>
internal static class RunListJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="experiments">Names by ID.</param>
    public static string Write(IReadOnlyList<MlflowRun> runs, IReadOnlyDictionary<string, string> experiments)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartArray();
            foreach (var run in runs)
            {
                WriteRun(json, run, experiments.GetValueOrDefault(run.Info.ExperimentId, run.Info.ExperimentId));
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>One run as a JSON object.</summary>
    public static void WriteRun(Utf8JsonWriter json, MlflowRun run, string experiment)
    {
        json.WriteStartObject();
        json.WriteString("run_id", run.RunId);
        json.WriteString("run_name", run.Info.RunName);
        json.WriteString("experiment", experiment);
        json.WriteString("status", RecordedRun.StatusName(run.Info.Status));
        json.WriteString("start_time", DateTimeOffset.FromUnixTimeMilliseconds(run.Info.StartTime));
        if (run.Info.EndTime > 0)
        {
            json.WriteString("end_time", DateTimeOffset.FromUnixTimeMilliseconds(run.Info.EndTime));
        }
        else
        {
            json.WriteNull("end_time");
        }

        json.WriteString("artifact_uri", run.Info.ArtifactUri);
        json.WriteStartObject("params");
        foreach (var param in run.Data?.Params ?? [])
        {
            json.WriteString(param.Key, param.Value);
        }

        json.WriteEndObject();
        json.WriteStartObject("metrics");
        foreach (var metric in run.Data?.Metrics ?? [])
        {
            WriteMetric(json, metric);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMetric(Utf8JsonWriter json, MlflowMetric metric)
    {
        if (double.IsFinite(metric.Value))
        {
            json.WriteNumber(metric.Key, metric.Value);
        }
        else
        {
            json.WriteNull(metric.Key);
        }
    }
}

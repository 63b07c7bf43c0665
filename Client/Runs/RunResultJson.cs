using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrleansTrain.Client.Runs;

/// <summary>Writes results as one JSON object on one line. Numbers that JSON has no form for (NaN, infinity) become null.</summary>
internal static class RunResultJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(RunResult result)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("run_id", result.RunId);
            json.WriteString("experiment", result.Experiment);
            json.WriteString("status", result.Status);
            json.WriteNumber("world_size", result.WorldSize);
            json.WriteNumber("epochs", result.Epochs);
            json.WriteNumber("steps", result.Steps);
            WriteDouble(json, "load_seconds", result.LoadSeconds);
            WriteDouble(json, "train_seconds", result.TrainSeconds);
            WriteDouble(json, "samples_per_second", result.SamplesPerSecond);
            WriteDouble(json, "training_loss", result.TrainingLoss);
            WriteDouble(json, "test_loss", result.TestLoss);
            WriteDouble(json, "test_accuracy", result.TestAccuracy);
            json.WriteString("checkpoint_uri", result.CheckpointUri);
            json.WriteString("weights_sha256", result.WeightsSha256);
            json.WriteNumber("restarts", result.Restarts);
            json.WriteString("tracking_uri", result.TrackingUri);
            WriteMetrics(json, result.Metrics);
            if (result.Error is not null)
            {
                json.WriteString("error", result.Error);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteMetrics(Utf8JsonWriter json, IReadOnlyDictionary<string, double> metrics)
    {
        json.WriteStartObject("metrics");
        foreach (var (name, value) in metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal))
        {
            WriteDouble(json, name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteDouble(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}

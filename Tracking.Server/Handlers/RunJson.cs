using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>Writes runs as MLflow's messages.</summary>
internal static class RunJson
{
    /// <summary>A run just created has no outputs yet, and MLflow does not say so.</summary>
    public static void WriteNew(Utf8JsonWriter json, RunRecord run) => Write(json, run, withOutputs: false);

    public static void Write(Utf8JsonWriter json, RunRecord run) => Write(json, run, withOutputs: true);

    public static void WriteInfo(Utf8JsonWriter json, RunInfoRecord run)
    {
        json.WriteString("run_uuid", run.RunId);
        json.WriteString("experiment_id", $"{run.ExperimentId}");
        json.WriteString("run_name", run.RunName);
        json.WriteString("user_id", run.UserId);
        json.WriteString("status", run.Status);
        json.WriteNumber("start_time", run.StartTime);
        if (run.EndTime is { } endTime)
        {
            json.WriteNumber("end_time", endTime);
        }

        json.WriteString("artifact_uri", run.ArtifactUri);
        json.WriteString("lifecycle_stage", run.LifecycleStage);
        json.WriteString("run_id", run.RunId);
    }

    private static void Write(Utf8JsonWriter json, RunRecord run, bool withOutputs)
    {
        json.WriteObject("info", () => WriteInfo(json, run.Info));
        json.WriteObject("data", () =>
        {
            json.WriteList("metrics", run.Metrics, JsonWriting.WriteMetric);
            json.WriteList("params", run.Params, JsonWriting.WriteKeyValue);
            json.WriteList("tags", run.Tags, JsonWriting.WriteKeyValue);
        });
        json.WriteObject("inputs", () =>
        {
            json.WriteList("dataset_inputs", run.Inputs, WriteInput);
            json.WriteList("model_inputs", run.InputModels, static (json, model) => json.WriteString("model_id", model));
        });
        if (withOutputs)
        {
            json.WriteObject("outputs", () => json.WriteList("model_outputs", run.Outputs, WriteOutput));
        }
    }

    private static void WriteInput(Utf8JsonWriter json, InputRecord input)
    {
        json.WriteList("tags", input.Tags, JsonWriting.WriteKeyValue);
        json.WriteObject("dataset", () =>
        {
            var dataset = input.Dataset;
            json.WriteString("name", dataset.Name);
            json.WriteString("digest", dataset.Digest);
            json.WriteString("source_type", dataset.SourceType);
            json.WriteString("source", dataset.Source);
            WriteIfSet(json, "schema", dataset.Schema);
            WriteIfSet(json, "profile", dataset.Profile);
        });
    }

    private static void WriteOutput(Utf8JsonWriter json, OutputRecord output)
    {
        json.WriteString("model_id", output.ModelId);
        json.WriteNumber("step", output.Step);
    }

    private static void WriteIfSet(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }
}

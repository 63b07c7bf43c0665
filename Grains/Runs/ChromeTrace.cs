using System.Text.Json;
using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>
/// Traces of ranks in the Trace Event Format that chrome://tracing and Perfetto open: a process a silo, a thread a rank, a complete event
/// (<c>X</c>) a part of a step. Times are microseconds since the first event.
/// </summary>
internal static class ChromeTrace
{
    /// <summary>The file's bytes, UTF-8.</summary>
    public static byte[] Write(string runId, IReadOnlyList<RankTrace> ranks)
    {
        using var stream = new MemoryStream();
        using var json = new Utf8JsonWriter(stream);
        var silos = ranks.Select(rank => rank.Silo).Distinct(StringComparer.Ordinal).ToList();
        var origin = ranks.SelectMany(rank => rank.Starts).DefaultIfEmpty().Min();
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartObject("otherData");
        json.WriteString("run_id", runId);
        json.WriteNumber("dropped_events", ranks.Sum(rank => rank.Dropped));
        json.WriteEndObject();
        json.WriteStartArray("traceEvents");
        foreach (var (pid, silo) in silos.Index())
        {
            WriteName(json, "process_name", pid, null, $"silo {silo}");
        }

        foreach (var rank in ranks)
        {
            var pid = silos.IndexOf(rank.Silo);
            WriteName(json, "thread_name", pid, rank.Rank, $"rank {rank.Rank}");
            WriteParts(json, pid, rank, origin);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return stream.ToArray();
    }

    private static void WriteName(Utf8JsonWriter json, string kind, int pid, int? tid, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", kind);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", pid);
        if (tid is { } thread)
        {
            json.WriteNumber("tid", thread);
        }

        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, int pid, RankTrace rank, long origin)
    {
        for (var i = 0; i < rank.Kinds.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("name", rank.Parts[rank.Kinds[i]]);
            json.WriteString("ph", "X");
            json.WriteNumber("ts", Microseconds(rank.Starts[i] - origin));
            json.WriteNumber("dur", Microseconds(rank.Durations[i]));
            json.WriteNumber("pid", pid);
            json.WriteNumber("tid", rank.Rank);
            json.WriteStartObject("args");
            json.WriteNumber("step", rank.Steps[i]);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static decimal Microseconds(long nanoseconds) => nanoseconds / 1000m;
}

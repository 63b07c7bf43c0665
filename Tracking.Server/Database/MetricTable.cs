using Microsoft.Data.Sqlite;

namespace OrleansTrain.Tracking.Server.Database;

internal static class MetricTable
{
    private const string Columns = "run_id, key, value, is_nan, timestamp, step";

    /// <summary>Adds rows; one that is there already in every field is ignored. Keeps the newest of each key beside.</summary>
    public static void Add(Session session, string runId, IReadOnlyList<MetricRecord> metrics)
    {
        using var insert = session.Prepare($"INSERT INTO metrics ({Columns}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", 6);
        using var latest = session.Prepare(
            $"""
            INSERT INTO latest_metrics AS old ({Columns}) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT DO UPDATE SET value = excluded.value, is_nan = excluded.is_nan, timestamp = excluded.timestamp, step = excluded.step
            WHERE (excluded.step, excluded.timestamp, excluded.value) > (old.step, old.timestamp, old.value)
            """,
            6);
        foreach (var metric in metrics)
        {
            object?[] values = [runId, metric.Key, metric.Value, metric.IsNaN, metric.Timestamp, metric.Step];
            if (insert.Execute(values) > 0)
            {
                latest.Execute(values);
            }
        }
    }

    /// <summary>By timestamp, step and value.</summary>
    public static List<MetricRecord> History(Session session, string runId, string key, long limit, long offset) => session.Query(
        "SELECT key, value, is_nan, timestamp, step FROM metrics WHERE run_id = $1 AND key = $2 ORDER BY timestamp, step, value LIMIT $3 OFFSET $4",
        Read,
        runId,
        key,
        limit,
        offset);

    public static List<long> Steps(Session session, string runId, string key) => session.Query(
        "SELECT DISTINCT step FROM metrics WHERE run_id = $1 AND key = $2 ORDER BY step", static row => row.GetInt64(0), runId, key);

    /// <summary>By step, timestamp and value.</summary>
    public static List<MetricRecord> AtSteps(Session session, string runId, string key, IEnumerable<long> steps, long limit) => session.Query(
        """
        SELECT key, value, is_nan, timestamp, step FROM metrics
        WHERE run_id = $1 AND key = $2 AND step IN (SELECT value FROM json_each($3)) ORDER BY step, timestamp, value LIMIT $4
        """,
        Read,
        runId,
        key,
        $"[{string.Join(',', steps)}]",
        limit);

    private static MetricRecord Read(SqliteDataReader row) =>
        new(row.GetString(0), row.GetDouble(1), row.GetBoolean(2), row.GetInt64(3), row.GetInt64(4));
}

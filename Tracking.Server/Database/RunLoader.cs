using Microsoft.Data.Sqlite;

namespace OrleansTrain.Tracking.Server.Database;

/// <summary>Adds to runs what was logged to them, in the order it was first logged: one query a table, however many runs.</summary>
internal static class RunLoader
{
    private const string OfRuns = "run_id IN (SELECT value FROM json_each($1))";

    public static List<RunRecord> Load(Session session, IReadOnlyList<RunInfoRecord> runs)
    {
        if (runs.Count == 0)
        {
            return [];
        }

        var ids = Session.List(runs.Select(run => run.RunId));
        var metrics = Rows(
            session,
            $"SELECT run_id, key, value, is_nan, timestamp, step FROM latest_metrics WHERE {OfRuns} ORDER BY rowid",
            ids,
            ReadMetric);
        var parameters = Rows(session, $"SELECT run_id, key, value FROM params WHERE {OfRuns} ORDER BY rowid", ids, ReadKeyValue);
        var tags = Rows(session, $"SELECT run_id, key, value FROM tags WHERE {OfRuns} ORDER BY rowid", ids, ReadKeyValue);
        var inputs = InputTable.Load(session, ids);
        var models = Rows(
            session, $"SELECT run_id, model_id FROM model_inputs WHERE {OfRuns} ORDER BY rowid", ids, static row => row.GetString(1));
        var outputs = Rows(
            session,
            $"SELECT run_id, model_id, step FROM outputs WHERE {OfRuns} ORDER BY rowid",
            ids,
            static row => new OutputRecord(row.GetString(1), row.GetInt64(2)));
        return
        [
            .. runs.Select(run => new RunRecord(
                run,
                [.. metrics[run.RunId]],
                [.. parameters[run.RunId]],
                [.. tags[run.RunId]],
                [.. inputs[run.RunId]],
                [.. models[run.RunId]],
                [.. outputs[run.RunId]])),
        ];
    }

    private static ILookup<string, T> Rows<T>(Session session, string sql, string ids, Func<SqliteDataReader, T> read) =>
        session.Query(sql, row => (RunId: row.GetString(0), Value: read(row)), ids).ToLookup(row => row.RunId, row => row.Value);

    private static MetricRecord ReadMetric(SqliteDataReader row) =>
        new(row.GetString(1), row.GetDouble(2), row.GetBoolean(3), row.GetInt64(4), row.GetInt64(5));

    private static KeyValue ReadKeyValue(SqliteDataReader row) => new(row.GetString(1), row.GetString(2));
}

using Microsoft.Data.Sqlite;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Database.Registry;

internal static class LoggedModelTable
{
    private const string Columns = "model_id, experiment_id, name, model_type, source_run_id, artifact_uri, status, creation_time, last_updated_time";

    public static LoggedModelRecord Create(Session session, LoggedModelRecord model, IEnumerable<KeyValue> parameters, IEnumerable<KeyValue> tags)
    {
        session.Execute(
            $"INSERT INTO logged_models ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
            model.ModelId,
            model.ExperimentId,
            model.Name,
            model.ModelType,
            model.SourceRunId,
            model.ArtifactUri,
            model.Status,
            Clock.NowMilliseconds());
        AddParams(session, model.ModelId, parameters);
        SetTags(session, model.ModelId, tags);
        return Get(session, model.ModelId);
    }

    /// <exception cref="MlflowError">There is no such model.</exception>
    public static LoggedModelRecord Get(Session session, string modelId) =>
        Search(session, "m.model_id = $1", "m.model_id", limit: 1, offset: 0, [modelId]).FirstOrDefault()
        ?? throw MlflowError.Missing($"Logged model with ID '{modelId}' not found.");

    /// <param name="where">SQL on <c>m</c>.</param>
    public static List<LoggedModelRecord> Search(Session session, string where, string orderBy, long limit, long offset, object?[] parameters) =>
    [
        .. session.Query($"SELECT {Columns} FROM logged_models m WHERE {where} ORDER BY {orderBy} LIMIT {limit} OFFSET {offset}", Read, parameters)
            .Select(model => Complete(session, model)),
    ];

    public static void SetStatus(Session session, string modelId, string status) => session.Execute(
        "UPDATE logged_models SET status = $2, last_updated_time = $3 WHERE model_id = $1", modelId, status, Clock.NowMilliseconds());

    public static void Delete(Session session, string modelId) => session.Execute("DELETE FROM logged_models WHERE model_id = $1", modelId);

    public static void SetTags(Session session, string modelId, IEnumerable<KeyValue> tags)
    {
        foreach (var tag in tags)
        {
            session.Execute(
                "INSERT INTO logged_model_tags (model_id, key, value) VALUES ($1, $2, $3) ON CONFLICT DO UPDATE SET value = excluded.value",
                modelId,
                tag.Key,
                tag.Value);
        }
    }

    /// <returns>False if there was none.</returns>
    public static bool DeleteTag(Session session, string modelId, string key) =>
        session.Execute("DELETE FROM logged_model_tags WHERE model_id = $1 AND key = $2", modelId, key) > 0;

    public static void AddParams(Session session, string modelId, IEnumerable<KeyValue> parameters)
    {
        foreach (var param in parameters)
        {
            session.Execute(
                "INSERT INTO logged_model_params (model_id, key, value) VALUES ($1, $2, $3) ON CONFLICT DO UPDATE SET value = excluded.value",
                modelId,
                param.Key,
                param.Value);
        }
    }

    /// <summary>Adds a metric of a run to a model; an unknown model is passed over, an equal row ignored.</summary>
    public static void AddMetric(Session session, string modelId, ModelMetricRecord metric) => session.Execute(
        """
        INSERT INTO logged_model_metrics (model_id, run_id, key, value, is_nan, timestamp, step, dataset_name, dataset_digest)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE EXISTS (SELECT 1 FROM logged_models WHERE model_id = $1) ON CONFLICT DO NOTHING
        """,
        modelId,
        metric.RunId,
        metric.Metric.Key,
        metric.Metric.Value,
        metric.Metric.IsNaN,
        metric.Metric.Timestamp,
        metric.Metric.Step,
        metric.DatasetName,
        metric.DatasetDigest);

    private static LoggedModelRecord Complete(Session session, LoggedModelRecord model) => model with
    {
        Tags = Pairs(session, "logged_model_tags", model.ModelId),
        Params = Pairs(session, "logged_model_params", model.ModelId),
        Metrics = session.Query(
            """
            SELECT key, value, is_nan, timestamp, step, run_id, dataset_name, dataset_digest FROM logged_model_metrics WHERE model_id = $1 ORDER BY rowid
            """,
            static row => new ModelMetricRecord(
                new MetricRecord(row.GetString(0), row.GetDouble(1), row.GetBoolean(2), row.GetInt64(3), row.GetInt64(4)),
                row.GetString(5),
                row.IsDBNull(6) ? null : row.GetString(6),
                row.IsDBNull(7) ? null : row.GetString(7)),
            model.ModelId),
    };

    private static List<KeyValue> Pairs(Session session, string table, string modelId) => session.Query(
        $"SELECT key, value FROM {table} WHERE model_id = $1 ORDER BY key", static row => new KeyValue(row.GetString(0), row.GetString(1)), modelId);

    private static LoggedModelRecord Read(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        row.GetString(2),
        row.IsDBNull(3) ? "" : row.GetString(3),
        row.IsDBNull(4) ? "" : row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        row.GetInt64(7),
        row.GetInt64(8));
}

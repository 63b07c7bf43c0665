namespace OrleansTrain.Tracking.Server.Database;

internal static class ParamTable
{
    public static string? Find(Session session, string runId, string key) =>
        session.Single("SELECT value FROM params WHERE run_id = $1 AND key = $2", static row => row.GetString(0), runId, key);

    public static void Add(Session session, string runId, KeyValue param) =>
        session.Execute("INSERT INTO params (run_id, key, value) VALUES ($1, $2, $3)", runId, param.Key, param.Value);
}

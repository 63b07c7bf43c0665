namespace OrleansTrain.Tracking.Server.Database;

internal static class TagTable
{
    /// <summary>The last value wins; the tag that mirrors the run's name changes the name too.</summary>
    public static void SetOn(Session session, RunInfoRecord run, KeyValue tag)
    {
        if (tag.Key == RunTable.NameTag)
        {
            RunTable.Update(session, RunTable.GetInfo(session, run.RunId), status: null, endTime: null, tag.Value);
        }
        else
        {
            Set(session, run.RunId, tag);
        }
    }

    public static void Set(Session session, string runId, KeyValue tag) => session.Execute(
        "INSERT INTO tags (run_id, key, value) VALUES ($1, $2, $3) ON CONFLICT DO UPDATE SET value = excluded.value", runId, tag.Key, tag.Value);

    public static string? Find(Session session, string runId, string key) =>
        session.Single("SELECT value FROM tags WHERE run_id = $1 AND key = $2", static row => row.GetString(0), runId, key);

    /// <returns>False if there was none.</returns>
    public static bool Delete(Session session, string runId, string key) =>
        session.Execute("DELETE FROM tags WHERE run_id = $1 AND key = $2", runId, key) > 0;
}

using Microsoft.Data.Sqlite;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Database;

internal static class ExperimentTable
{
    private const string Columns = "experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time";
    private const int UniqueViolation = 2067;

    /// <summary>Scheme of artifact addresses that lead to this server.</summary>
    public const string ProxyScheme = "mlflow-artifacts:/";

    public static void CreateDefault(Session session) => session.Execute(
        $"INSERT INTO experiments ({Columns}) VALUES (0, 'Default', '{ProxyScheme}0', '{LifecycleStage.Active}', $1, $1)", Clock.NowMilliseconds());

    public static long Create(Session session, string name, string artifactLocation, IReadOnlyList<KeyValue> tags)
    {
        if (session.Single("SELECT name FROM experiments WHERE name = $1", static row => row.GetString(0), name) is not null)
        {
            throw MlflowError.AlreadyExists($"Experiment(name={name}) already exists.");
        }

        var id = session.Query(
            $"""
            INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time)
            VALUES ($1, $2, '{LifecycleStage.Active}', $3, $3) RETURNING experiment_id
            """,
            static row => row.GetInt64(0),
            name,
            artifactLocation,
            Clock.NowMilliseconds())[0];
        if (artifactLocation.Length == 0)
        {
            session.Execute("UPDATE experiments SET artifact_location = $2 WHERE experiment_id = $1", id, $"{ProxyScheme}{id}");
        }

        foreach (var tag in tags)
        {
            SetTag(session, id, tag.Key, tag.Value);
        }

        return id;
    }

    /// <exception cref="MlflowError">There is no such experiment among the stages given.</exception>
    public static ExperimentRecord Get(Session session, string experimentId, params string[] stages)
    {
        var id = ParseId(experimentId);
        var found = session.Single($"SELECT {Columns} FROM experiments WHERE experiment_id = $1", Read, id);
        return found is not null && (stages.Length == 0 || stages.Contains(found.LifecycleStage))
            ? WithTags(session, [found])[0]
            : throw MlflowError.Missing($"No Experiment with id={experimentId} exists");
    }

    public static ExperimentRecord? Find(Session session, string name) =>
        session.Single($"SELECT {Columns} FROM experiments WHERE name = $1", Read, name) is { } found ? WithTags(session, [found])[0] : null;

    /// <param name="where">SQL on <c>e</c>, with parameters numbered from 1.</param>
    public static List<ExperimentRecord> Search(Session session, string where, string orderBy, long limit, long offset, object?[] parameters) =>
        WithTags(session, session.Query(
            $"SELECT {Columns} FROM experiments e WHERE {where} ORDER BY {orderBy} LIMIT {limit} OFFSET {offset}", Read, parameters));

    public static void Rename(Session session, long id, string name)
    {
        try
        {
            session.Execute("UPDATE experiments SET name = $2, last_update_time = $3 WHERE experiment_id = $1", id, name, Clock.NowMilliseconds());
        }
        catch (SqliteException exception) when (exception.SqliteExtendedErrorCode == UniqueViolation)
        {
            throw MlflowError.BadRequest($"Experiment(name={name}) already exists.");
        }
    }

    /// <summary>Moves an experiment and its runs to another stage.</summary>
    public static void SetStage(Session session, long id, string stage)
    {
        session.Execute(
            "UPDATE experiments SET lifecycle_stage = $2, last_update_time = $3 WHERE experiment_id = $1", id, stage, Clock.NowMilliseconds());
        session.Execute("UPDATE runs SET lifecycle_stage = $2 WHERE experiment_id = $1", id, stage);
    }

    public static void SetTag(Session session, long id, string key, string value) => session.Execute(
        "INSERT INTO experiment_tags (experiment_id, key, value) VALUES ($1, $2, $3) ON CONFLICT DO UPDATE SET value = excluded.value", id, key, value);

    public static bool DeleteTag(Session session, long id, string key) =>
        session.Execute("DELETE FROM experiment_tags WHERE experiment_id = $1 AND key = $2", id, key) > 0;

    /// <summary>Python's <c>int(text)</c>, with its complaint.</summary>
    public static long ParseId(string text) => long.TryParse(text, out var id)
        ? id
        : throw MlflowError.Internal($"invalid literal for int() with base 10: '{text}'");

    private static ExperimentRecord Read(SqliteDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetInt64(5), []);

    private static List<ExperimentRecord> WithTags(Session session, List<ExperimentRecord> experiments)
    {
        var tags = session.Query(
            "SELECT experiment_id, key, value FROM experiment_tags WHERE experiment_id IN (SELECT value FROM json_each($1)) ORDER BY rowid",
            static row => (Id: row.GetInt64(0), Tag: new KeyValue(row.GetString(1), row.GetString(2))),
            $"[{string.Join(',', experiments.Select(experiment => experiment.Id))}]").ToLookup(row => row.Id, row => row.Tag);
        return [.. experiments.Select(experiment => experiment with { Tags = [.. tags[experiment.Id]] })];
    }
}

using Microsoft.Data.Sqlite;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Database.Registry;

internal static class RegisteredModelTable
{
    private const string Columns = "name, description, creation_time, last_updated_time";

    public static RegisteredModelRecord Create(Session session, string name, string description, IReadOnlyList<KeyValue> tags)
    {
        CheckFree(session, name, isPrompt: tags.Any(static tag => tag.Key == PromptTag.Key));
        session.Execute($"INSERT INTO registered_models ({Columns}) VALUES ($1, $2, $3, $3)", name, description, Clock.NowMilliseconds());
        foreach (var tag in tags)
        {
            SetTag(session, name, tag);
        }

        return Get(session, name);
    }

    /// <exception cref="MlflowError">There is no such model.</exception>
    public static RegisteredModelRecord Get(Session session, string name) =>
        session.Single($"SELECT {Columns} FROM registered_models WHERE name = $1", Read, name) is { } model
            ? Complete(session, model)
            : throw MlflowError.Missing($"Registered Model with name={name} not found");

    /// <param name="where">SQL on <c>m</c>.</param>
    public static List<RegisteredModelRecord> Search(Session session, string where, string orderBy, long limit, long offset, object?[] parameters) =>
    [
        .. session.Query($"SELECT {Columns} FROM registered_models m WHERE {where} ORDER BY {orderBy} LIMIT {limit} OFFSET {offset}", Read, parameters)
            .Select(model => Complete(session, model)),
    ];

    public static void Describe(Session session, string name, string description) => session.Execute(
        "UPDATE registered_models SET description = $2, last_updated_time = $3 WHERE name = $1", name, description, Clock.NowMilliseconds());

    public static void Touch(Session session, string name, long time) =>
        session.Execute("UPDATE registered_models SET last_updated_time = $2 WHERE name = $1", name, time);

    /// <summary>Versions, tags and aliases go with the name.</summary>
    public static void Rename(Session session, string name, string newName)
    {
        CheckFree(session, newName, IsPrompt(session, name));
        var now = Clock.NowMilliseconds();
        session.Execute("UPDATE registered_models SET name = $2, last_updated_time = $3 WHERE name = $1", name, newName, now);
        session.Execute("UPDATE model_versions SET last_updated_time = $2 WHERE name = $1", newName, now);
    }

    public static void Delete(Session session, string name) => session.Execute("DELETE FROM registered_models WHERE name = $1", name);

    public static void SetTag(Session session, string name, KeyValue tag) => session.Execute(
        "INSERT INTO registered_model_tags (name, key, value) VALUES ($1, $2, $3) ON CONFLICT DO UPDATE SET value = excluded.value",
        name,
        tag.Key,
        tag.Value);

    public static void DeleteTag(Session session, string name, string key) =>
        session.Execute("DELETE FROM registered_model_tags WHERE name = $1 AND key = $2", name, key);

    public static void SetAlias(Session session, string name, string alias, long version) => session.Execute(
        "INSERT INTO registered_model_aliases (name, alias, version) VALUES ($1, $2, $3) ON CONFLICT DO UPDATE SET version = excluded.version",
        name,
        alias,
        version);

    public static void DeleteAlias(Session session, string name, string alias) =>
        session.Execute("DELETE FROM registered_model_aliases WHERE name = $1 AND alias = $2", name, alias);

    public static List<AliasRecord> Aliases(Session session, string name) => session.Query(
        "SELECT alias, version FROM registered_model_aliases WHERE name = $1 ORDER BY alias",
        static row => new AliasRecord(row.GetString(0), row.GetInt64(1)),
        name);

    private static void CheckFree(Session session, string name, bool isPrompt)
    {
        if (session.Single("SELECT name FROM registered_models WHERE name = $1", static row => row.GetString(0), name) is null)
        {
            return;
        }

        var (wanted, there) = (Kind(isPrompt), Kind(IsPrompt(session, name)));
        throw MlflowError.AlreadyExists(wanted == there
            ? $"{wanted} (name={name}) already exists."
            : $"Tried to create a {wanted.ToLowerInvariant()} with name {PythonText.Repr(name)}, but the name is already taken by a "
                + $"{there.ToLowerInvariant()}. MLflow does not allow creating a model and a prompt with the same name.");

        static string Kind(bool isPrompt) => isPrompt ? "Prompt" : "Registered Model";
    }

    private static bool IsPrompt(Session session, string name) => session.Single(
        "SELECT key FROM registered_model_tags WHERE name = $1 AND key = $2", static row => row.GetString(0), name, PromptTag.Key) is not null;

    private static RegisteredModelRecord Complete(Session session, RegisteredModelRecord model) => model with
    {
        Tags = session.Query(
            "SELECT key, value FROM registered_model_tags WHERE name = $1 ORDER BY rowid",
            static row => new KeyValue(row.GetString(0), row.GetString(1)),
            model.Name),
        Aliases = Aliases(session, model.Name),
        LatestVersions = [.. ModelVersionTable.OfModel(session, model.Name).GroupBy(version => version.Stage).Select(stage => stage.Last())],
    };

    private static RegisteredModelRecord Read(SqliteDataReader row) =>
        new(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2), row.GetInt64(3));
}

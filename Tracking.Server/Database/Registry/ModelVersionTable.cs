using Microsoft.Data.Sqlite;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Database.Registry;

/// <summary>Versions of registered models. A deleted one leaves its row, emptied, so that its number is not given again.</summary>
internal static class ModelVersionTable
{
    private const string DeletedStage = "Deleted_Internal";
    private const string Columns =
        "name, version, description, current_stage, source, storage_location, run_id, run_link, model_id, creation_time, last_updated_time";

    /// <summary>Versions that are there, as SQL on <c>v</c>.</summary>
    public const string NotDeleted = $"v.current_stage <> '{DeletedStage}'";

    /// <param name="version">Without its number and times.</param>
    public static ModelVersionRecord Create(Session session, ModelVersionRecord version, IEnumerable<KeyValue> tags)
    {
        var now = Clock.NowMilliseconds();
        var number = session.Query(
            $"""
            INSERT INTO model_versions ({Columns})
            SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $9 FROM model_versions WHERE name = $1 RETURNING version
            """,
            static row => row.GetInt64(0),
            version.Name,
            version.Description,
            version.Stage,
            version.Source,
            version.StorageLocation,
            version.RunId,
            version.RunLink,
            version.ModelId,
            now)[0];
        RegisteredModelTable.Touch(session, version.Name, now);
        foreach (var tag in tags)
        {
            SetTag(session, version.Name, number, tag);
        }

        return Get(session, version.Name, number);
    }

    /// <exception cref="MlflowError">There is no such version.</exception>
    public static ModelVersionRecord Get(Session session, string name, long version) =>
        Search(session, $"v.name = $1 AND v.version = $2 AND {NotDeleted}", "v.version", limit: 1, offset: 0, [name, version]).FirstOrDefault()
        ?? throw MlflowError.Missing($"Model Version (name={name}, version={version}) not found");

    /// <summary>By version.</summary>
    public static List<ModelVersionRecord> OfModel(Session session, string name) =>
        Search(session, $"v.name = $1 AND {NotDeleted}", "v.version", limit: -1, offset: 0, [name]);

    public static List<ModelVersionRecord> Search(Session session, string where, string orderBy, long limit, long offset, object?[] parameters) =>
    [
        .. session.Query($"SELECT {Columns} FROM model_versions v WHERE {where} ORDER BY {orderBy} LIMIT {limit} OFFSET {offset}", Read, parameters)
            .Select(version => Complete(session, version)),
    ];

    public static void Describe(Session session, ModelVersionRecord version, string? description) => session.Execute(
        "UPDATE model_versions SET description = $3, last_updated_time = $4 WHERE name = $1 AND version = $2",
        version.Name,
        version.Version,
        description,
        Clock.NowMilliseconds());

    /// <param name="archiveOthers">Versions that are in the stage now leave it.</param>
    public static void SetStage(Session session, ModelVersionRecord version, string stage, bool archiveOthers)
    {
        var now = Clock.NowMilliseconds();
        if (archiveOthers)
        {
            session.Execute(
                "UPDATE model_versions SET current_stage = 'Archived', last_updated_time = $4 WHERE name = $1 AND version <> $2 AND current_stage = $3",
                version.Name,
                version.Version,
                stage,
                now);
        }

        session.Execute(
            "UPDATE model_versions SET current_stage = $3, last_updated_time = $4 WHERE name = $1 AND version = $2",
            version.Name,
            version.Version,
            stage,
            now);
        RegisteredModelTable.Touch(session, version.Name, now);
    }

    public static void Delete(Session session, ModelVersionRecord version)
    {
        var now = Clock.NowMilliseconds();
        session.Execute(
            """
            UPDATE model_versions
            SET current_stage = $3, description = NULL, source = '', storage_location = '', run_id = '', run_link = '', model_id = '', last_updated_time = $4
            WHERE name = $1 AND version = $2
            """,
            version.Name,
            version.Version,
            DeletedStage,
            now);
        session.Execute("DELETE FROM model_version_tags WHERE name = $1 AND version = $2", version.Name, version.Version);
        session.Execute("DELETE FROM registered_model_aliases WHERE name = $1 AND version = $2", version.Name, version.Version);
        RegisteredModelTable.Touch(session, version.Name, now);
    }

    public static void SetTag(Session session, string name, long version, KeyValue tag) => session.Execute(
        "INSERT INTO model_version_tags (name, version, key, value) VALUES ($1, $2, $3, $4) ON CONFLICT DO UPDATE SET value = excluded.value",
        name,
        version,
        tag.Key,
        tag.Value);

    public static void DeleteTag(Session session, string name, long version, string key) =>
        session.Execute("DELETE FROM model_version_tags WHERE name = $1 AND version = $2 AND key = $3", name, version, key);

    private static ModelVersionRecord Complete(Session session, ModelVersionRecord version) => version with
    {
        Tags = session.Query(
            "SELECT key, value FROM model_version_tags WHERE name = $1 AND version = $2 ORDER BY rowid",
            static row => new KeyValue(row.GetString(0), row.GetString(1)),
            version.Name,
            version.Version),
        Aliases = session.Query(
            "SELECT alias FROM registered_model_aliases WHERE name = $1 AND version = $2 ORDER BY alias",
            static row => row.GetString(0),
            version.Name,
            version.Version),
    };

    private static ModelVersionRecord Read(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        row.GetString(7),
        row.GetString(8),
        row.GetInt64(9),
        row.GetInt64(10));
}

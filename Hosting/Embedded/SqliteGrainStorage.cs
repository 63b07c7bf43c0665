using Microsoft.Data.Sqlite;
using Orleans.Storage;

namespace OrleansTrain.Hosting.Embedded;

/// <summary>
/// Grain state in one SQLite file, for a silo that has no Redis. Every write is a transaction, checked against the version that was read,
/// so that state survives a killed process and two processes on one folder cannot overwrite each other unseen.
/// </summary>
internal sealed class SqliteGrainStorage : IGrainStorage
{
    private readonly string _connection;
    private readonly IGrainStorageSerializer _serializer;

    /// <summary>Uses a folder that <see cref="Prepare"/> has prepared.</summary>
    public SqliteGrainStorage(string folder, IGrainStorageSerializer serializer) => (_connection, _serializer) = (ConnectionTo(folder), serializer);

    /// <summary>Creates the file where there is none.</summary>
    /// <exception cref="IOException">The folder cannot be written, or what is there is no such file.</exception>
    public static void Prepare(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            using var database = Open(ConnectionTo(folder));
            using var command = database.CreateCommand();
            command.CommandText = """
                PRAGMA journal_mode = WAL;
                CREATE TABLE IF NOT EXISTS grain_state (
                    name TEXT NOT NULL, grain TEXT NOT NULL, version INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (name, grain)) WITHOUT ROWID;
                """;
            command.ExecuteNonQuery();
        }
        catch (SqliteException error)
        {
            throw new IOException(
                $"{PathIn(folder)}, which holds the state of runs, cannot be used: {error.Message.TrimEnd('.')}. If the file is damaged, move it away: "
                + "checkpoints and what is tracked stay, but runs that have not ended cannot be resumed.",
                error);
        }
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        using var database = Open();
        using var command = Command(database, "SELECT version, content FROM grain_state WHERE name = $name AND grain = $grain", stateName, grainId);
        using var row = command.ExecuteReader();
        if (row.Read())
        {
            grainState.ETag = row.GetInt64(0).ToString(System.Globalization.CultureInfo.InvariantCulture);
            grainState.State = _serializer.Deserialize<T>(new BinaryData((byte[])row.GetValue(1)));
            grainState.RecordExists = true;
        }
        else
        {
            Forget(grainState);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        using var database = Open();
        using var command = Command(database, """
            INSERT INTO grain_state (name, grain, version, content) VALUES ($name, $grain, 1, $content)
            ON CONFLICT (name, grain) DO UPDATE SET version = version + 1, content = $content WHERE version = $version
            RETURNING version
            """, stateName, grainId);
        command.Parameters.AddWithValue("$content", _serializer.Serialize(grainState.State).ToArray());
        command.Parameters.AddWithValue("$version", Version(grainState.ETag));
        var version = command.ExecuteScalar() ?? throw new InconsistentStateException(
            $"The state '{stateName}' of {grainId} was changed by another process.", "another version", grainState.ETag);
        grainState.ETag = ((long)version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        using var database = Open();
        using var command = Command(database, "DELETE FROM grain_state WHERE name = $name AND grain = $grain", stateName, grainId);
        command.ExecuteNonQuery();
        Forget(grainState);
        return Task.CompletedTask;
    }

    private static void Forget<T>(IGrainState<T> grainState)
    {
        grainState.ETag = null;
        grainState.State = Activator.CreateInstance<T>();
        grainState.RecordExists = false;
    }

    private static long Version(string? etag) => etag is null ? 0 : long.Parse(etag, System.Globalization.CultureInfo.InvariantCulture);

    private static SqliteCommand Command(SqliteConnection database, string text, string stateName, GrainId grainId)
    {
        var command = database.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this file.
        command.CommandText = text;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$name", stateName);
        command.Parameters.AddWithValue("$grain", grainId.ToString());
        return command;
    }

    private static string PathIn(string folder) => Path.Combine(folder, "grains.db");

    private static string ConnectionTo(string folder) =>
        new SqliteConnectionStringBuilder { DataSource = PathIn(folder), DefaultTimeout = 10 }.ToString();

    // Connections are pooled; SQLite itself is synchronous, and a write of some KB takes well under a millisecond.
    private static SqliteConnection Open(string connection)
    {
        var database = new SqliteConnection(connection);
        database.Open();
        return database;
    }

    private SqliteConnection Open() => Open(_connection);
}

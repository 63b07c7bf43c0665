using Microsoft.Data.Sqlite;

namespace OrleansTrain.Tracking.Server.Database;

/// <summary>The tables. <c>user_version</c> counts the steps applied; a newer file is refused rather than misread.</summary>
internal static class Schema
{
    private static readonly string[] Steps = [SchemaSteps.Tracking, SchemaSteps.Registry, SchemaSteps.VersionFiles];

    /// <exception cref="TrackingServerException">The file was written by a newer version.</exception>
    public static void Create(SqliteConnection connection)
    {
        // One writer at a time: of two processes that start together, the second finds the work done.
        using var transaction = connection.BeginTransaction(deferred: false);
        var session = new Session(connection, transaction);
        var version = session.Query("PRAGMA user_version", static row => row.GetInt32(0))[0];
        if (version > Steps.Length)
        {
            throw new TrackingServerException(
                $"The tracking database '{connection.DataSource}' was written by a newer version (schema {version}, this one knows {Steps.Length}): "
                + "update this program, or use another data folder.");
        }

        foreach (var step in Steps.Skip(version))
        {
            session.Execute(step);
        }

        if (version == 0)
        {
            ExperimentTable.CreateDefault(session);
        }

        session.Execute($"PRAGMA user_version = {Steps.Length}");
        transaction.Commit();
    }
}

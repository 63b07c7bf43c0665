using Microsoft.Data.Sqlite;

namespace OrleansTrain.Tracking.Server.Database;

/// <summary>A statement compiled once.</summary>
internal sealed class PreparedStatement(SqliteCommand command) : IDisposable
{
    /// <returns>Rows changed.</returns>
    public int Execute(params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command.ExecuteNonQuery();
    }

    public void Dispose() => command.Dispose();
}

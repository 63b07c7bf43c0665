using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace OrleansTrain.Tracking.Server.Database;

/// <summary>Runs statements within a transaction. Parameters are named <c>$1</c>, <c>$2</c>… in the order given.</summary>
internal sealed class Session(SqliteConnection connection, SqliteTransaction transaction)
{
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this assembly.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <returns>Rows changed.</returns>
    public int Execute(string sql, params object?[] parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params object?[] parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public T? Single<T>(string sql, Func<SqliteDataReader, T> read, params object?[] parameters)
        where T : class
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        return reader.Read() ? read(reader) : null;
    }

    /// <summary>A statement to run again and again with other values.</summary>
    public PreparedStatement Prepare(string sql, int parameters) => new(Command(sql, new object?[parameters]));

    /// <summary>A parameter for <c>IN (SELECT value FROM json_each($1))</c>: lists of any length with one statement.</summary>
    public static string List(IEnumerable<string> values) => JsonSerializer.Serialize(values);

    private SqliteCommand Command(string sql, object?[] parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Values are parameters; names come from constants and checked identifiers.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", parameters[i] ?? DBNull.Value);
        }

        return command;
    }
}

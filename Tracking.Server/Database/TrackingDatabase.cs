using Microsoft.Data.Sqlite;

namespace OrleansTrain.Tracking.Server.Database;

/// <summary>
/// The SQLite file. Readers see one moment and never wait; writers take turns, also with other processes on the same file, and each
/// write is all or nothing and on disk when it returns.
/// </summary>
internal sealed class TrackingDatabase
{
    private const int BusyTimeoutSeconds = 30;

    private readonly string _connectionString;

    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    public TrackingDatabase(string path)
    {
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            DefaultTimeout = BusyTimeoutSeconds,
            ForeignKeys = true,
        }.ToString();
        using var connection = Open();
        Session.Execute(connection, "PRAGMA journal_mode = WAL");
        Schema.Create(connection);
    }

    public T Read<T>(Func<Session, T> read)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction(deferred: true);
        return read(new Session(connection, transaction));
    }

    public T Write<T>(Func<Session, T> write)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var result = write(new Session(connection, transaction));
        transaction.Commit();
        return result;
    }

    public void Write(Action<Session> write) => Write(session =>
    {
        write(session);
        return true;
    });

    /// <summary>Lets go of the file, which pooled connections keep open.</summary>
    public void Close()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();

        // MLflow sets the same on SQLite, so that LIKE means what it means on other databases.
        Session.Execute(connection, "PRAGMA case_sensitive_like = ON");
        return connection;
    }
}

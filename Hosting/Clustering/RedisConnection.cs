using StackExchange.Redis;

namespace OrleansTrain.Hosting.Clustering;

/// <summary>The one connection to Redis that all of a silo's providers share. Thread-safe.</summary>
public sealed class RedisConnection(string connectionString) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1);
    private ConnectionMultiplexer? _connection;

    /// <summary>As parsed from the connection string; never log it with its password.</summary>
    public ConfigurationOptions Options { get; } = Parse(connectionString);

    /// <summary>Connects once.</summary>
    /// <exception cref="RedisUnreachableException">No connection; says what to check.</exception>
    public async Task<IConnectionMultiplexer> Connect()
    {
        await _connecting.WaitAsync();
        try
        {
            return _connection ??= await ConnectionMultiplexer.ConnectAsync(Options);
        }
        catch (RedisConnectionException error)
        {
            throw new RedisUnreachableException(RedisFault.Of(Options, error), error);
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connecting.Dispose();
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private static ConfigurationOptions Parse(string connectionString)
    {
        var options = RedisConnectionString.Parse(connectionString);
        options.AbortOnConnectFail = true;
        options.ConnectTimeout = 5000;
        return options;
    }
}

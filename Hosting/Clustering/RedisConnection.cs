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
            throw new RedisUnreachableException(Options, error);
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
        // redis://:password@host:6379 is what other clients take; StackExchange.Redis has a notation of its own.
        var options = Uri.TryCreate(connectionString, UriKind.Absolute, out var uri) && uri.Scheme is "redis" or "rediss"
            ? FromUri(uri)
            : ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = true;
        options.ConnectTimeout = 5000;
        return options;
    }

    private static ConfigurationOptions FromUri(Uri uri)
    {
        var options = new ConfigurationOptions { Ssl = uri.Scheme == "rediss" };
        options.EndPoints.Add(uri.Host, uri.IsDefaultPort ? 6379 : uri.Port);
        var parts = uri.UserInfo.Split(':', 2);
        if (parts is [var user, var password])
        {
            options.User = user.Length > 0 ? Uri.UnescapeDataString(user) : null;
            options.Password = Uri.UnescapeDataString(password);
        }

        return options;
    }
}

using System.Globalization;
using StackExchange.Redis;

namespace OrleansTrain.Client.Doctor;

/// <summary>The Redis that <c>ORLEANSTRAIN_REDIS</c> names: reachable, writable, in time, and set up to keep what it is given.</summary>
internal sealed class RedisCheck(string? connection, TimeProvider time) : IDoctorCheck
{
    private const string Variable = "ORLEANSTRAIN_REDIS";
    private const int TimeoutMilliseconds = 4000;

    public string Subject => "redis";

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(connection))
        {
            return [Finding.Good(Subject, $"not configured ({Variable}): the cluster is embedded")];
        }

        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(connection);
        }
        catch (ArgumentException)
        {
            return [Finding.Bad(Subject, $"{Variable} is no connection string", "write it like host:6379,password=…,ssl=true")];
        }

        options.AbortOnConnectFail = true;
        options.ConnectTimeout = options.SyncTimeout = options.AsyncTimeout = TimeoutMilliseconds;
        options.AllowAdmin = true; // INFO and CONFIG GET
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken);
            return await LookAsync(redis);
        }
        catch (RedisException exception)
        {
            return [Explain(exception, Endpoints(options))];
        }
    }

    private async Task<IReadOnlyList<Finding>> LookAsync(ConnectionMultiplexer redis)
    {
        var database = redis.GetDatabase();
        var server = redis.GetServers()[0];
        var latency = await database.PingAsync();
        var asked = time.GetUtcNow();
        var clock = new DateTimeOffset(await server.TimeAsync(), TimeSpan.Zero);
        var answered = time.GetUtcNow();
        RedisKey probe = $"orleanstrain-doctor-{Guid.NewGuid():N}";
        await database.StringSetAsync(probe, "", TimeSpan.FromMinutes(1));
        await database.KeyDeleteAsync(probe);

        var findings = new List<Finding>
        {
            Finding.Good(Subject, string.Create(
                CultureInfo.InvariantCulture, $"{server.Version} at {server.EndPoint}, writable, answers in {latency.TotalMilliseconds:0.0} ms")),
        };
        if (ClockSkew.Judge(Subject, clock, asked, answered) is { } skew)
        {
            findings.Add(skew);
        }

        if (await EvictionAsync(server) is { } eviction)
        {
            findings.Add(eviction);
        }

        return findings;
    }

    private async Task<Finding?> EvictionAsync(IServer server)
    {
        try
        {
            var policy = (await server.ConfigGetAsync("maxmemory-policy")).Select(pair => pair.Value).FirstOrDefault("noeviction");
            return policy == "noeviction"
                ? null
                : Finding.Doubt(Subject, $"it drops keys when memory is short (maxmemory-policy {policy})", "set maxmemory-policy noeviction: runs are kept there");
        }
        catch (RedisServerException)
        {
            return null; // hosted servers hide their configuration; that is no fault
        }
    }

    private Finding Explain(RedisException exception, string endpoints)
    {
        var message = exception.ToString();
        if (message.Contains("NOAUTH", StringComparison.Ordinal))
        {
            return Finding.Bad(Subject, $"{endpoints} wants a password", $"add password=… to {Variable}");
        }

        if (message.Contains("WRONGPASS", StringComparison.Ordinal) || message.Contains("invalid password", StringComparison.Ordinal))
        {
            return Finding.Bad(Subject, $"{endpoints} refuses the password", $"correct password=… (and user=…) in {Variable}");
        }

        if (message.Contains("NOPERM", StringComparison.Ordinal))
        {
            return Finding.Bad(Subject, $"{endpoints} grants this user too few rights", "give the user all keys and commands: ACL SETUSER … ~* &* +@all");
        }

        return Finding.Bad(Subject, $"nothing answers as Redis at {endpoints}", $"start it, or correct the address (and ssl=true or false) in {Variable}");
    }

    private static string Endpoints(ConfigurationOptions options) => string.Join(", ", options.EndPoints.Select(endpoint => endpoint switch
    {
        System.Net.DnsEndPoint host => $"{host.Host}:{host.Port}",
        _ => endpoint.ToString(),
    }));
}

using System.Globalization;
using OrleansTrain.Hosting.Clustering;
using StackExchange.Redis;

namespace OrleansTrain.Client.Doctor;

/// <summary>The Redis that <c>ORLEANSTRAIN_REDIS</c> names: reachable, writable, in time, and set up to keep what it is given.</summary>
internal sealed class RedisCheck(string? connection, TimeProvider time) : IDoctorCheck
{
    private const int TimeoutMilliseconds = 4000;

    public string Subject => "redis";

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(connection))
        {
            return [Finding.Good(Subject, $"not configured ({RedisConnectionString.Variable}): the cluster is embedded")];
        }

        ConfigurationOptions options;
        try
        {
            options = RedisConnectionString.Parse(connection);
        }
        catch (FormatException exception)
        {
            return [Finding.Bad(Subject, exception.Message, $"correct {RedisConnectionString.Variable}")];
        }

        options.AbortOnConnectFail = true;
        options.ConnectTimeout = options.SyncTimeout = options.AsyncTimeout = TimeoutMilliseconds;
        options.AllowAdmin = true; // INFO and CONFIG GET
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken);
            return await LookAsync(redis, RedisConnectionString.Servers(options));
        }
        catch (RedisException exception)
        {
            return [Bad(RedisFault.Of(options, exception))];
        }
    }

    private async Task<IReadOnlyList<Finding>> LookAsync(ConnectionMultiplexer redis, string address)
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
                CultureInfo.InvariantCulture, $"{server.Version} at {address}, writable, answers in {latency.TotalMilliseconds:0.0} ms")),
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

    private Finding Bad(RedisFault fault) => Finding.Bad(Subject, fault.Text, fault.Mend);
}

using StackExchange.Redis;

namespace OrleansTrain.Hosting.Clustering;

/// <summary>Redis does not answer, or refuses. The message names the server without its password, and says what to check.</summary>
public sealed class RedisUnreachableException(ConfigurationOptions options, RedisConnectionException inner)
    : Exception(Describe(options, inner), inner)
{
    private static string Describe(ConfigurationOptions options, RedisConnectionException error)
    {
        var server = string.Join(", ", options.EndPoints.Select(endpoint => endpoint switch
        {
            System.Net.DnsEndPoint name => $"{name.Host}:{name.Port}",
            _ => endpoint.ToString(),
        }));
        var refused = error.FailureType == ConnectionFailureType.AuthenticationFailure
            || error.ToString().Contains("WRONGPASS", StringComparison.Ordinal)
            || error.ToString().Contains("NOAUTH", StringComparison.Ordinal);
        return refused
            ? $"Redis at {server} refuses the password (or user): check ORLEANSTRAIN_REDIS, for example host:6379,password=…"
            : $"Redis at {server} cannot be reached: check that it runs and that ORLEANSTRAIN_REDIS names it (host:port).";
    }
}

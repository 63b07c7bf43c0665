using StackExchange.Redis;

namespace OrleansTrain.Hosting.Clustering;

/// <summary>Reads what <c>ORLEANSTRAIN_REDIS</c> holds, in StackExchange.Redis's notation or as the URI that other clients take.</summary>
public static class RedisConnectionString
{
    /// <summary>The variable.</summary>
    public const string Variable = "ORLEANSTRAIN_REDIS";

    private const int DefaultPort = 6379;

    /// <summary>Parses <c>host:6379,password=…,ssl=true</c>, <c>redis://:password@host:6379</c> or, with TLS, <c>rediss://…</c>.</summary>
    /// <exception cref="FormatException">It is neither; the message does not repeat it, since it may hold a password.</exception>
    public static ConfigurationOptions Parse(string text)
    {
        try
        {
            // A host may be called redis: only what goes on with // is a URI.
            var options = text.StartsWith("redis://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("rediss://", StringComparison.OrdinalIgnoreCase)
                ? FromUri(new Uri(text))
                : ConfigurationOptions.Parse(text);
            return options.EndPoints.Count > 0 ? options : throw new FormatException("No server is named.");
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            throw new FormatException($"{Variable} is no connection string: write it like host:6379,password=…,ssl=true or redis://user:password@host:6379.");
        }
    }

    /// <summary>The servers it names, as <c>host:port</c>, for messages.</summary>
    public static string Servers(ConfigurationOptions options) => string.Join(", ", options.EndPoints.Select(endpoint => endpoint switch
    {
        System.Net.DnsEndPoint name => $"{name.Host}:{name.Port}",
        _ => endpoint.ToString(),
    }));

    private static ConfigurationOptions FromUri(Uri uri)
    {
        var options = new ConfigurationOptions { Ssl = uri.Scheme == "rediss" };
        options.EndPoints.Add(uri.Host, uri.IsDefaultPort ? DefaultPort : uri.Port);
        if (uri.UserInfo.Split(':', 2) is [var user, var password])
        {
            options.User = user.Length > 0 ? Uri.UnescapeDataString(user) : null;
            options.Password = Uri.UnescapeDataString(password);
        }

        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } database)
        {
            options.DefaultDatabase = int.Parse(database, System.Globalization.CultureInfo.InvariantCulture);
        }

        return options;
    }
}

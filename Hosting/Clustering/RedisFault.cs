using System.Security.Authentication;
using StackExchange.Redis;

namespace OrleansTrain.Hosting.Clustering;

/// <summary>What is wrong with a Redis, and how to mend it: each one line without the password.</summary>
/// <param name="Text">What was found.</param>
/// <param name="Mend">What to do.</param>
public sealed record RedisFault(string Text, string Mend)
{
    /// <summary>Reads it from StackExchange.Redis's exceptions, which tell most in the text of inner ones.</summary>
    public static RedisFault Of(ConfigurationOptions options, Exception error)
    {
        const string variable = RedisConnectionString.Variable;
        var server = $"Redis at {RedisConnectionString.Servers(options)}";
        var text = error.ToString();
        return error switch
        {
            _ when Has("NOAUTH") => new($"{server} wants a password", $"add password=… to {variable}"),
            _ when Has("WRONGPASS") || Has("invalid password") => new($"{server} refuses the password (or user)", $"correct password=… (and user=…) in {variable}"),
            _ when Has("NOPERM") => new($"{server} grants this user too few rights", "give the user all keys and commands: ACL SETUSER … ~* &* +@all"),
            _ when error.GetBaseException() is AuthenticationException tls => new(
                $"{server} shows a certificate that is not trusted here: {tls.Message}",
                $"name its authority's file in SSL_CERT_FILE, and in {variable} the host that the certificate is for"),
            _ when options.Ssl && error is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => new(
                $"{server} does not answer in TLS", $"correct the port, or take ssl=true out of {variable}"),
            _ => new($"{server} cannot be reached", $"start it, or correct the address (host:port{(options.Ssl ? "" : ", and ssl=true if it wants TLS")}) in {variable}"),
        };

        bool Has(string word) => text.Contains(word, StringComparison.Ordinal);
    }
}

using System.Security.Cryptography;
using System.Text;

namespace OrleansTrain.Hosting.Access;

/// <summary>
/// What a silo or client shows to be let into a cluster, and asks of others: a shared secret, a certificate, both, or nothing. Never log it.
/// </summary>
public sealed record ClusterAccess
{
    /// <summary>Names the shared secret.</summary>
    public const string SecretVariable = "ORLEANSTRAIN_CLUSTER_SECRET";

    /// <summary>Name PEM files: certificate, its key, and the authority that all silos' and clients' certificates come from.</summary>
    public const string CertificateVariable = "ORLEANSTRAIN_TLS_CERT", KeyVariable = "ORLEANSTRAIN_TLS_KEY", AuthorityVariable = "ORLEANSTRAIN_TLS_CA";

    // Proofs travel in the open: who listens could try short secrets one after another.
    private const int ShortestSecret = 16;

    /// <summary>Whoever reaches the port is let in.</summary>
    public static ClusterAccess Open { get; } = new();

    /// <summary>A key made of the shared secret; null: none is asked for.</summary>
    internal byte[]? Key { get; private init; }

    /// <summary>For mutual TLS; null: connections are not encrypted.</summary>
    internal ClusterCertificate? Certificate { get; private init; }

    /// <summary>Asks for the secret on every connection.</summary>
    /// <exception cref="FormatException">It is too short.</exception>
    public static ClusterAccess WithSecret(string secret) => new() { Key = MakeKey(secret) };

    /// <summary>As the environment says.</summary>
    /// <exception cref="FormatException">A value is missing or cannot be used; the message names the variable and holds no secret.</exception>
    public static ClusterAccess FromEnvironment(Func<string, string?> environment)
    {
        var secret = Read(SecretVariable);
        string?[] files = [Read(CertificateVariable), Read(KeyVariable), Read(AuthorityVariable)];
        return new ClusterAccess
        {
            Key = secret is null ? null : MakeKey(secret),
            Certificate = files switch
            {
                [null, null, null] => null,
                [{ } certificate, { } key, { } authority] => ClusterCertificate.Load(certificate, key, authority),
                _ => throw new FormatException($"TLS between silos and clients needs all of {CertificateVariable}, {KeyVariable} and {AuthorityVariable}: three PEM files."),
            },
        };

        string? Read(string variable) => environment(variable) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
    }

    private static byte[] MakeKey(string secret) => secret.Length >= ShortestSecret
        ? HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), HMACSHA256.HashSizeInBytes, info: Encoding.UTF8.GetBytes(SecretVariable))
        : throw new FormatException($"{SecretVariable} must have {ShortestSecret} characters or more: make one with 'openssl rand -hex 24'.");
}

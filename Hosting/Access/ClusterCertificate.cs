using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace OrleansTrain.Hosting.Access;

/// <summary>
/// A certificate and the authority that all others of the cluster come from. Names in certificates are not looked at: silos are known by
/// addresses that containers get anew; that the cluster's own authority has signed is what lets in.
/// </summary>
internal sealed class ClusterCertificate
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authority = [];

    private ClusterCertificate(X509Certificate2 certificate, string authority)
    {
        _certificate = certificate;
        _authority.ImportFromPemFile(authority);
    }

    /// <exception cref="FormatException">A file cannot be read, is not PEM, or the key is not the certificate's.</exception>
    public static ClusterCertificate Load(string certificate, string key, string authority)
    {
        ClusterCertificate loaded;
        try
        {
            loaded = new ClusterCertificate(X509Certificate2.CreateFromPemFile(certificate, key), authority);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FormatException(
                $"{ClusterAccess.CertificateVariable}, {ClusterAccess.KeyVariable} and {ClusterAccess.AuthorityVariable} cannot be used: {error.Message}", error);
        }

        return loaded.Accepts(loaded._certificate)
            ? loaded
            : throw new FormatException($"The certificate {certificate} does not come from the authority in {authority}, or is not valid now.");
    }

    /// <summary>Both ends show a certificate and look at the other's.</summary>
    public TlsOptions ToOptions() => new()
    {
        LocalCertificate = _certificate,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        ClientCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (certificate, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) && Accepts(certificate),
        OnAuthenticateAsClient = (_, options) => options.TargetHost = "orleanstrain",
    };

    private bool Accepts(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}

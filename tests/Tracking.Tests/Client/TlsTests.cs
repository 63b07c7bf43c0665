using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansTrain.Tracking.Tests.Client.Scripted;

namespace OrleansTrain.Tracking.Tests.Client;

public sealed class TlsTests
{
    [Fact]
    public async Task A_certificate_nobody_vouches_for_is_refused_before_anything_is_sent()
    {
        await using var server = new ScriptedServer().Then(connection => Assert.ThrowsAnyAsync<Exception>(() => AnswerAsync(connection)));
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = Https(server), Token = "t" });

        var failure = await Assert.ThrowsAsync<MlflowException>(() => client.SetTagAsync("r", "a", "b"));

        Assert.Contains("MLFLOW_TRACKING_INSECURE_TLS", failure.Message, StringComparison.Ordinal);
        Assert.True(failure is { IsTransient: false, MayHaveBeenApplied: false }, failure.ToString());
    }

    [Fact]
    public async Task It_is_taken_if_that_was_asked_for()
    {
        await using var server = new ScriptedServer().Then(AnswerAsync);
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = Https(server), InsecureTls = true });

        await client.SetTagAsync("r", "a", "b");

        Assert.Equal(1, server.Connections);
    }

    private static Uri Https(ScriptedServer server) => new UriBuilder(server.Uri) { Scheme = "https" }.Uri;

    private static async Task AnswerAsync(ScriptedConnection connection)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=nobody", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var tls = new SslStream(connection.Stream());
        await tls.AuthenticateAsServerAsync(certificate);
        var block = new byte[64 * 1024];
        if (await tls.ReadAsync(block) == 0)
        {
            throw new AuthenticationException("the client left");
        }

        await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"u8.ToArray());
    }
}

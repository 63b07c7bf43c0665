using OrleansTrain.Hosting.Clustering;
using OrleansTrain.Hosting.Tests.Access;
using OrleansTrain.Hosting.Tests.Servers;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Hosting.Tests.Clustering;

public sealed class RedisConnectionTests : IDisposable
{
    private const string Password = "p4ss w@rd/1";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("redis:6379,password=x", "redis:6379", "x", false)]
    [InlineData("redis://:p%40ss@host:6380", "host:6380", "p@ss", false)]
    [InlineData("rediss://user:pw@host", "host:6379", "pw", true)]
    [InlineData("a:1,b:2,ssl=true", "a:1, b:2", null, true)]
    public void BothNotationsAreRead(string text, string servers, string? password, bool tls)
    {
        var options = RedisConnectionString.Parse(text);

        Assert.Equal((servers, password, tls), (RedisConnectionString.Servers(options), options.Password, options.Ssl));
    }

    [Theory]
    [InlineData("password=hidden")]
    [InlineData("redis://:hidden@host:port")]
    public void WhatIsNeitherIsRefusedWithoutItsPassword(string text) =>
        Assert.DoesNotContain("hidden", Assert.Throws<FormatException>(() => RedisConnectionString.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task APasswordIsGivenByEitherNotation()
    {
        await using var server = await RedisServer.Start(port => ["--port", $"{port}", "--requirepass", Password]);

        await Connect($"localhost:{server.Port},password={Password}");
        await Connect($"redis://:{Uri.EscapeDataString(Password)}@localhost:{server.Port}");
    }

    [Theory]
    [InlineData("", "wants a password: add password=… to ORLEANSTRAIN_REDIS.")]
    [InlineData(",password=another", "refuses the password (or user): correct password=… (and user=…) in ORLEANSTRAIN_REDIS.")]
    public async Task AMissingOrWrongPasswordIsSaidInOneLine(string suffix, string message)
    {
        await using var server = await RedisServer.Start(port => ["--port", $"{port}", "--requirepass", Password]);

        var error = await Assert.ThrowsAsync<RedisUnreachableException>(() => Connect($"localhost:{server.Port}{suffix}"));

        Assert.Equal($"Redis at localhost:{server.Port} {message}", error.Message);
    }

    [Fact]
    public async Task ACertificateOfAnUnknownAuthorityIsSaidInOneLine()
    {
        using var authority = new Authority(_folder.Path);
        var (certificate, key) = authority.Sign("localhost");
        await using var server = await RedisServer.Start(port =>
            ["--port", "0", "--tls-port", $"{port}", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", authority.RootFile, "--tls-auth-clients", "no"]);

        var error = await Assert.ThrowsAsync<RedisUnreachableException>(() => Connect($"localhost:{server.Port},ssl=true"));

        Assert.StartsWith($"Redis at localhost:{server.Port} shows a certificate that is not trusted here:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoWantsTheConnectionGetsTheSameOne()
    {
        await using var server = await RedisServer.Start(port => ["--port", $"{port}"]);
        await using var connection = new RedisConnection($"localhost:{server.Port}");

        var connections = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => connection.Connect()));

        Assert.Single(connections.Distinct());
    }

    private static async Task Connect(string text)
    {
        await using var connection = new RedisConnection(text);
        var redis = await connection.Connect();
        await redis.GetDatabase().PingAsync();
    }
}

using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansTrain.Hosting.Access;

namespace OrleansTrain.Hosting.Tests.Access;

public sealed class GreetingTests
{
    private const string Secret = "a secret of the cluster";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConnectionPair _pair = new();
    private readonly Refusals _refusals = new(TimeProvider.System, NullLogger<Refusals>.Instance);
    private bool _wasLetIn;

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(Secret, Secret, null)]
    [InlineData(null, Secret, "it asks for a secret: set ORLEANSTRAIN_CLUSTER_SECRET to the silos' one")]
    [InlineData(Secret, null, "it has no secret, and this process has ORLEANSTRAIN_CLUSTER_SECRET: set it everywhere or nowhere")]
    [InlineData("another secret, as long", Secret, "ORLEANSTRAIN_CLUSTER_SECRET is not the cluster's")]
    public async Task OnlyWhoHasTheSameSecretIsLetIn(string? connecting, string? accepting, string? refusal) =>
        await Meet(Greeting(connecting), Greeting(accepting), refusal);

    [Fact]
    public async Task AnotherVersionIsRefused() =>
        await Meet(Greeting(Secret, version: "0.2.0"), Greeting(Secret), "it runs version 0.1.0, this is 0.2.0: run one version everywhere");

    [Fact]
    public async Task AnotherClusterIsNoFinalRefusal()
    {
        await Meet(Greeting(Secret, cluster: "other"), Greeting(Secret), "it belongs to another cluster now");

        Assert.Null(_refusals.Newest);
        Assert.False(_refusals.Final.IsCancellationRequested);
    }

    [Fact]
    public async Task WhoSpeaksSomethingElseIsRefused()
    {
        await _pair.Connecting.Transport.Output.WriteAsync(new byte[4096]);
        _pair.Connecting.Transport.Output.Complete();

        await Greeting(null).Accepting(LetIn)(_pair.Accepting).WaitAsync(Patience);

        Assert.False(_wasLetIn);
    }

    [Fact]
    public async Task ASiloThatDoesNotKnowTheSecretIsNotBelieved()
    {
        var cluster = GreetingMessage.ClusterOf("s", "c");
        var connecting = Greeting(Secret).Connecting(LetIn)(_pair.Connecting);
        await _pair.Accepting.Transport.Input.ReadAtLeastAsync(GreetingMessage.Size);
        await _pair.Accepting.Transport.Output.WriteAsync(GreetingMessage.Create((byte)GreetingStatus.Welcome, cluster, "0.1.0").ToBytes());
        await _pair.Accepting.Transport.Output.WriteAsync(new byte[1 + GreetingProof.Size]);

        await Assert.ThrowsAsync<ClusterRefusedException>(() => connecting.WaitAsync(Patience));

        Assert.False(_wasLetIn);
    }

    [Fact]
    public void AProofCannotBePlayedBack()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        var hello = GreetingMessage.Create(1, GreetingMessage.ClusterOf("s", "c"), "0.1.0").ToBytes();
        var first = new GreetingProof(key, hello, GreetingMessage.Create(0, new byte[32], "0.1.0").ToBytes());
        var second = new GreetingProof(key, hello, GreetingMessage.Create(0, new byte[32], "0.1.0").ToBytes());

        Assert.NotEqual(first.OfConnecting, second.OfConnecting);
        Assert.NotEqual(first.OfConnecting, first.OfAccepting);
    }

    [Theory]
    [InlineData("short", "ORLEANSTRAIN_CLUSTER_SECRET must have 16 characters or more: make one with 'openssl rand -hex 24'.")]
    public void AShortSecretIsRefused(string secret, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => ClusterAccess.WithSecret(secret)).Message);

    private async Task Meet(Greeting connecting, Greeting accepting, string? refusal)
    {
        var letIn = 0;
        var inside = accepting.Accepting(_ => Task.FromResult(Interlocked.Increment(ref letIn)))(_pair.Accepting);
        var outside = connecting.Connecting(LetIn)(_pair.Connecting);
        if (refusal is null)
        {
            await Task.WhenAll(inside, outside).WaitAsync(Patience);
        }
        else
        {
            var error = await Assert.ThrowsAsync<ClusterRefusedException>(() => outside.WaitAsync(Patience));
            Assert.Equal($"The silo at 127.0.0.1:1 refuses this process: {refusal}.", error.Message);
            _pair.Connecting.Transport.Output.Complete();
            await inside.WaitAsync(Patience);
        }

        Assert.Equal((refusal is null, refusal is null ? 1 : 0), (_wasLetIn, letIn));
    }

    private Task LetIn(ConnectionContext context)
    {
        _wasLetIn = true;
        return Task.CompletedTask;
    }

    private Greeting Greeting(string? secret, string version = "0.1.0", string cluster = "c") => new(
        GreetingMessage.ClusterOf("s", cluster), version, secret is null ? ClusterAccess.Open : ClusterAccess.WithSecret(secret), _refusals);
}

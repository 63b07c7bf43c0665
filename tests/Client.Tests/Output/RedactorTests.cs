using OrleansTrain.Hosting.Logging;

namespace OrleansTrain.Client.Tests.Output;

public class RedactorTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["AWS_SECRET_ACCESS_KEY"] = "s3cr3t/key",
        ["MLFLOW_TRACKING_PASSWORD"] = "hunter22",
        ["ORLEANSTRAIN_REDIS"] = "redis:6379,password=p4ssw0rd,ssl=true",
    };

    [Fact]
    public void ThePasswordOfARedisUriIsKnown() => Assert.Equal(
        "refused: ***", new Redactor(name => name == "ORLEANSTRAIN_REDIS" ? "redis://:sesame99@host:6379" : null).Clean("refused: sesame99"));

    [Theory]
    [InlineData("add password=… to it", "add password=… to it")]
    [InlineData("nothing here", "nothing here")]
    [InlineData("403 for key s3cr3t/key", "403 for key ***")]
    [InlineData("auth failed with hunter22", "auth failed with ***")]
    [InlineData("WRONGPASS p4ssw0rd", "WRONGPASS ***")]
    [InlineData("http://user:pw@host:5000/x and s3://b/c", "http://***@host:5000/x and s3://b/c")]
    [InlineData("redis:6379,password=other,ssl=true", "redis:6379,password=***,ssl=true")]
    [InlineData("""{"types":"label=int64,token_count=float32","next":"a"}""", """{"types":"label=int64,token_count=***","next":"a"}""")]
    [InlineData("""{"uri":"http://a","mail":"b@c"}""", """{"uri":"http://a","mail":"b@c"}""")]
    [InlineData("train --param api_key=abc --ranks 2", "train --param api_key=*** --ranks 2")]
    public void SecretsAreMasked(string text, string expected) =>
        Assert.Equal(expected, new Redactor(Variables.GetValueOrDefault).Clean(text));

    [Theory]
    [InlineData("max_tokens=512", false)]
    [InlineData("label=int64,token_count=float32", false)]
    [InlineData("as hunter22 said", true)]
    [InlineData("http://user:pw@host/x", true)]
    public void WhatMustNotBeLoggedIsKnown(string text, bool holds) =>
        Assert.Equal(holds, new Redactor(Variables.GetValueOrDefault).HoldsSecret(text));

    [Fact]
    public void APasswordWithAnAtSignIsKnownWhole() => Assert.Equal(
        "refused: ***", new Redactor(name => name == "ORLEANSTRAIN_REDIS" ? "host:6379,password=p@ssw0rd" : null).Clean("refused: p@ssw0rd"));
}

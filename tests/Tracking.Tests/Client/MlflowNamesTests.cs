namespace OrleansTrain.Tracking.Tests.Client;

public sealed class MlflowNamesTests
{
    [Theory]
    [InlineData("loss")]
    [InlineData("a/b c.d-e_f:g")]
    [InlineData("größe")]
    [InlineData("²")]
    [InlineData("..x")]
    public void What_MLflow_takes_is_taken(string key) => Assert.Null(MlflowNames.Problem(key));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a$b", "'$'")]
    [InlineData("a\nb", "not a letter")]
    [InlineData("../x", "slash")]
    [InlineData("/x", "slash")]
    [InlineData("x/", "slash")]
    [InlineData("a//b", "slash")]
    [InlineData("a/./b", "slash")]
    [InlineData("😀", "not a letter")]
    public void What_MLflow_refuses_is_refused_with_the_reason(string key, string reason) =>
        Assert.Contains(reason, MlflowNames.Problem(key), StringComparison.Ordinal);

    [Fact]
    public void The_longest_key_has_250_characters_whatever_their_width()
    {
        Assert.Null(MlflowNames.Problem(string.Concat(Enumerable.Repeat("𝐀", 250))));
        Assert.Contains("250", MlflowNames.Problem(new string('k', 251)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_param_twice_in_a_batch_is_refused()
    {
        var batch = new MlflowBatch { Params = [new MlflowParam("a", "1"), new MlflowParam("a", "1")] };

        Assert.Contains("'a' is twice", Assert.Throws<MlflowException>(() => MlflowNames.Check(batch)).Message, StringComparison.Ordinal);
    }
}

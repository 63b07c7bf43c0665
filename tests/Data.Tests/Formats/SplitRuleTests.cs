using OrleansTrain.Data.Formats;

namespace OrleansTrain.Data.Tests.Formats;

public sealed class SplitRuleTests : IDisposable
{
    private readonly FormatFixture _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("train/a/1.png", "train")]
    [InlineData("training/a/1.png", "train")]
    [InlineData("test-0.tar", "test")]
    [InlineData("testing.csv", "test")]
    [InlineData("validation/1.csv", "validation")]
    [InlineData("val/a/1.png", "validation")]
    [InlineData("valid.csv", "validation")]
    [InlineData("dev_0.jsonl", "validation")]
    [InlineData("eval-00.parquet", "validation")]
    [InlineData("value.csv", "train")]
    [InlineData("other/val.csv", "train")]
    public void ManyNamesMeanTheThreeSplitsOfARun(string name, string split) => Assert.Equal(split, SplitRule.ByName(name));

    [Fact]
    public async Task FoldersOfTheSameMeaningAreOneSplit()
    {
        _data.Write("train.csv", "n\n1\n");
        _data.Write("val/0.csv", "n\n2\n");
        _data.Write("validation/0.csv", "n\n3\n");
        Assert.Equal(["2", "3"], await _data.Read(DataPipeline.Create(), "validation"));
    }

    [Fact]
    public void SharesAreNamedAsTheUserNamesThem() => Assert.Equal(["train", "val"], new SplitRule("train=0.9,val=0.1").Names);
}

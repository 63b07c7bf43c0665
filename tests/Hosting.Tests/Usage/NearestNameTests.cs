using OrleansTrain.Hosting.Usage;

namespace OrleansTrain.Hosting.Tests.Usage;

public class NearestNameTests
{
    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("ranks", "ranks", 0)]
    [InlineData("Ranks", "ranks", 0)]
    [InlineData("rnaks", "ranks", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void DistanceCountsEdits(string left, string right, int distance) => Assert.Equal(distance, NearestName.Distance(left, right));

    [Theory]
    [InlineData("epoch", "epochs")]
    [InlineData("learning-rate", "learning_rate")]
    [InlineData("size", "batch_size")]
    [InlineData("batchsize", "batch_size")]
    [InlineData("LearningRa", "learning_rate")]
    [InlineData("xyz", null)]
    [InlineData("no", null)]
    public void OnlyWhatIsCloseIsSuggested(string name, string? nearest) =>
        Assert.Equal(nearest, NearestName.Find(name, ["epochs", "learning_rate", "batch_size"]));
}

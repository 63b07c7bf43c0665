using OrleansTrain.Grains.Trainers;
using OrleansTrain.Storage;

namespace OrleansTrain.Grains.Tests.Runs;

/// <summary>Which errors of a rank would come again.</summary>
public class RankFailuresTests
{
    [Theory]
    [InlineData(ObjectStoreError.Changed, true)]
    [InlineData(ObjectStoreError.Unavailable, false)]
    [InlineData(ObjectStoreError.NotFound, false)]
    public void Data_that_is_not_what_was_listed_stays_so_and_a_store_may_come_back(ObjectStoreError error, bool isCertain)
    {
        var failure = RankFailures.Describe(new ObjectStoreException("block-3 is too short", error), step: 7);

        Assert.Equal((isCertain, 7, "block-3 is too short"), (failure.IsTaskError, failure.Step, failure.Message));
    }
}

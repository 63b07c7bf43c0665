using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Tests.Placement;

public class SiloLossTests
{
    // As Orleans 10 puts it.
    [Theory]
    [InlineData("Exception while sending message: Orleans.Runtime.Messaging.ConnectionFailedException: Unable to connect to S127.0.0.1:15522:154921191, will retry after 222.4689ms", "127.0.0.1:15522@154921191")]
    [InlineData("Unable to connect to endpoint S127.0.0.1:17334:0. See InnerException", "127.0.0.1:17334@0")]
    [InlineData("The target silo became unavailable for message: Request [S127.0.0.1:19168:154918750 trainer/da/0/2|127.0.0.1:19168@154918750]->[S127.0.0.1:25351:154918750 dataset/da|s3://d|train] X.Open", "127.0.0.1:25351@154918750")]
    [InlineData("94e/0/1 belongs to silo S127.0.0.1:13009:154918730, which is not active.", "127.0.0.1:13009@154918730")]
    [InlineData("Response did not arrive on time in 00:00:05 for message: Request [S10.0.0.1:1:2 a/b]->[S10.0.0.2:3:4 trainer/x]", "10.0.0.2:3@4")]
    [InlineData("The operation has timed out.", null)]
    public void The_silo_that_could_not_be_reached_is_read_from_the_error(string message, string? silo)
    {
        Assert.Equal(silo, SiloLoss.Culprit(new OrleansException(message)));
        if (silo is not null)
        {
            Assert.Equal(silo, SiloAddress.FromParsableString(silo).ToParsableString());
        }
    }

    [Fact]
    public async Task A_call_is_repeated_until_its_grain_is_found_and_other_errors_are_not()
    {
        var calls = 0;
        Assert.Equal(7, await SiloLoss.Outlast(() => ++calls < 2 ? throw new SiloUnavailableException("gone") : Task.FromResult(7)));
        Assert.Equal(2, calls);
        await Assert.ThrowsAsync<InvalidOperationException>(() => SiloLoss.Outlast<int>(() => throw new InvalidOperationException($"{calls++}")));
        Assert.Equal(3, calls);
    }
}

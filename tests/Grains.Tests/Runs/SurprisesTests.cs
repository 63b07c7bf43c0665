using System.Net.Sockets;
using OrleansTrain.Grains.Runs;
using OrleansTrain.Storage;

namespace OrleansTrain.Grains.Tests.Runs;

/// <summary>Which errors a run waits out, and which count against <c>max_failures</c>.</summary>
public class SurprisesTests
{
    [Theory]
    [InlineData(ObjectStoreError.NotFound, true)]
    [InlineData(ObjectStoreError.AccessDenied, true)]
    [InlineData(ObjectStoreError.InvalidName, true)]
    [InlineData(ObjectStoreError.Unavailable, false)]
    [InlineData(ObjectStoreError.NoSpace, false)]
    public void A_store_that_refuses_is_not_waited_for_and_one_that_is_away_is(ObjectStoreError kind, bool mistake) =>
        Assert.Equal(mistake, Surprises.IsMistake(new ObjectStoreException("no such bucket", kind)));

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void A_refusal_at_the_start_ends_the_run_in_the_words_of_the_store(bool hasTrained, bool final)
    {
        var failure = Surprises.Failure(new ObjectStoreException("there is no such bucket", ObjectStoreError.NotFound), hasTrained);

        Assert.Equal("there is no such bucket", failure.Message);
        Assert.Equal(final, failure.IsFinal);
        Assert.False(Surprises.Failure(new InvalidOperationException("x"), hasTrained).IsFinal);
    }

    [Fact]
    public void Connections_come_back_and_bugs_do_not()
    {
        Assert.False(Surprises.IsMistake(new SocketException()));
        Assert.False(Surprises.IsMistake(new ObjectDisposedException("silo")));
        Assert.False(Surprises.IsMistake(new TimeoutException()));
        Assert.True(Surprises.IsMistake(new InvalidOperationException()));
        Assert.True(Surprises.IsMistake(new InvalidDataException()));
    }
}

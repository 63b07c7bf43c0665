using OrleansTrain.Data.Order;

namespace OrleansTrain.Data.Tests.Order;

public sealed class Xoshiro256Tests
{
    /// <summary>The first numbers of SplitMix64 from 1234567, as its authors' C code gives them.</summary>
    [Fact]
    public void SplitMixIsTheReference()
    {
        var state = 1234567UL;
        Assert.Equal(
            [6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL],
            Enumerable.Range(0, 5).Select(_ => Mix.Next(ref state)).ToArray());
    }

    [Fact]
    public void NumbersStayBelowTheEnd()
    {
        var random = new Xoshiro256(1);
        foreach (var end in new ulong[] { 1, 2, 3, 10, 1UL << 33, ulong.MaxValue })
        {
            for (var i = 0; i < 1000; i++)
            {
                Assert.True(random.Below(end) < end);
            }
        }
    }
}

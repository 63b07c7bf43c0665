using OrleansTrain.Data.Order;

namespace OrleansTrain.Data.Tests.Order;

public sealed class TorchPermutationTests
{
    /// <summary>What PyTorch 1.13 printed.</summary>
    [Theory]
    [InlineData(1, new[] { 5, 6, 1, 2, 0, 8, 9, 3, 7, 4 })]
    [InlineData(7, new[] { 5, 0, 3, 4, 1, 7, 9, 6, 8, 2 })]
    [InlineData((1L << 33) + 5, new[] { 5, 0, 1, 3, 4, 2 })]
    public void ItIsPyTorchs(long seed, int[] expected) => Assert.Equal(expected, Permutation(expected.Length, seed));

    /// <summary>The libtorch that we run on, for a length that makes the generator refill its state many times.</summary>
    [Fact]
    public void ItIsThatOfLibtorch()
    {
        using var generator = new TorchSharp.torch.Generator(42);
        using var permutation = TorchSharp.torch.randperm(60_000, generator: generator);
        Assert.Equal(permutation.data<long>().ToArray(), Permutation(60_000, 42).Select(item => (long)item));
    }

    private static int[] Permutation(int length, long seed)
    {
        var items = Enumerable.Range(0, length).ToArray();
        TorchPermutation.Apply<int>(items, seed);
        return items;
    }
}

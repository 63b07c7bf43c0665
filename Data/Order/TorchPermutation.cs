namespace OrleansTrain.Data.Order;

/// <summary>
/// The permutation of <c>torch.randperm(n, generator=torch.Generator().manual_seed(seed))</c> on a CPU (ATen/native/TensorFactories.cpp,
/// for n below 2^32/20): Fisher and Yates from the front, drawing from the Mersenne Twister. Our own copy because the order of the data must not
/// depend on the version of a library.
/// </summary>
internal static class TorchPermutation
{
    /// <summary>Puts items into the order in which <c>items[torch.randperm(len(items))]</c> has them.</summary>
    /// <param name="seed">What the generator is seeded with; like in PyTorch, only its lower 32 bits count.</param>
    public static void Apply<T>(Span<T> items, long seed)
    {
        var random = new MersenneTwister(unchecked((uint)seed));
        for (var i = 0; i < items.Length - 1; i++)
        {
            var j = i + (int)(random.Next() % (uint)(items.Length - i));
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}

namespace OrleansTrain.Data.Order;

/// <summary>SplitMix64 by Guy Steele, Doug Lea and Christine Flood (2014): turns neighbouring numbers into unrelated ones.</summary>
internal static class Mix
{
    /// <summary>Purposes: two streams of the same seed and epoch must not be the same.</summary>
    public const long Blocks = 1, Window = 2, Augmentation = 3, HeldOut = 4;

    private const ulong Golden = 0x9E3779B97F4A7C15UL;

    public static ulong Next(ref ulong state)
    {
        state += Golden;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>One seed out of several numbers, each of which changes it entirely.</summary>
    public static ulong Of(long a, long b, long c, long d)
    {
        var state = (ulong)a;
        state = Next(ref state) ^ (ulong)b;
        state = Next(ref state) ^ (ulong)c;
        state = Next(ref state) ^ (ulong)d;
        return Next(ref state);
    }
}

using OrleansTrain.Data.Order;

namespace OrleansTrain.Data.Pipeline;

/// <summary>Random numbers for one sample of one epoch, the same wherever and whenever they are drawn. A mutable value: pass it by reference.</summary>
public struct SampleRandom
{
    private Xoshiro256 _generator;

    internal SampleRandom(long seed, int epoch, long sample) => _generator = new Xoshiro256(Mix.Of(seed, Mix.Augmentation, epoch, sample));

    /// <summary>0 … <paramref name="exclusiveEnd"/>-1, each as likely.</summary>
    public int Next(int exclusiveEnd)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveEnd);
        return (int)_generator.Below((ulong)exclusiveEnd);
    }

    /// <summary>0 ≤ x &lt; 1, in steps of 2⁻²⁴.</summary>
    public float NextFloat() => (_generator.Next() >> 40) * (1f / (1 << 24));

    /// <summary>True with this probability.</summary>
    public bool Chance(double probability) => (_generator.Next() >> 11) * (1.0 / (1L << 53)) < probability;
}

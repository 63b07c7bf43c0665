using System.Numerics;

namespace OrleansTrain.Data.Order;

/// <summary>
/// xoshiro256++ 1.0 by David Blackman and Sebastiano Vigna (2019, public domain), state filled by SplitMix64 as they advise.
/// Our own because the order of the data must not depend on the version of .NET. A mutable value.
/// </summary>
internal struct Xoshiro256
{
    private ulong _s0, _s1, _s2, _s3;

    public Xoshiro256(ulong seed)
    {
        _s0 = Mix.Next(ref seed);
        _s1 = Mix.Next(ref seed);
        _s2 = Mix.Next(ref seed);
        _s3 = Mix.Next(ref seed);
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_s0 + _s3, 23) + _s0;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>
    /// 0 … <paramref name="end"/>-1 without bias: Daniel Lemire, "Fast Random Integer Generation in an Interval", 2019.
    /// </summary>
    public ulong Below(ulong end)
    {
        var high = Math.BigMul(Next(), end, out var low);
        if (low < end)
        {
            var threshold = (0 - end) % end;
            while (low < threshold)
            {
                high = Math.BigMul(Next(), end, out low);
            }
        }

        return high;
    }
}

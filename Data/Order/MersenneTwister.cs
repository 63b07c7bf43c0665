namespace OrleansTrain.Data.Order;

/// <summary>MT19937 by Makoto Matsumoto and Takuji Nishimura (1998), seeded as in their code of 2002: the generator of PyTorch on a CPU.</summary>
internal sealed class MersenneTwister
{
    private const int Length = 624, Middle = 397;

    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Length; i++)
        {
            _state[i] = (1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
        }
    }

    public uint Next()
    {
        if (_next == Length)
        {
            Twist();
        }

        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        var state = _state;
        var i = 0;
        for (; i < Length - Middle; i++)
        {
            state[i] = Twisted(state[i], state[i + 1], state[i + Middle]);
        }

        for (; i < Length - 1; i++)
        {
            state[i] = Twisted(state[i], state[i + 1], state[i + Middle - Length]);
        }

        state[i] = Twisted(state[i], state[0], state[Middle - 1]);
        _next = 0;
    }

    private static uint Twisted(uint current, uint next, uint middle)
    {
        var y = (current & 0x80000000) | (next & 0x7fffffff);
        return middle ^ (y >> 1) ^ ((y & 1) * 0x9908b0df);
    }
}

using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Exchange.Frames;

/// <summary>Native memory of one size for the threads that send at the same time; there is never more of it than there were of them. Thread-safe.</summary>
internal sealed class ScratchPool(long length) : IDisposable
{
    private readonly Stack<NativeFloats> _free = new();

    public NativeFloats Rent()
    {
        lock (_free)
        {
            return _free.TryPop(out var block) ? block : new NativeFloats(length);
        }
    }

    public void Return(NativeFloats block)
    {
        lock (_free)
        {
            _free.Push(block);
        }
    }

    public void Dispose()
    {
        while (_free.TryPop(out var block))
        {
            block.Dispose();
        }
    }
}

using System.Runtime.InteropServices;

namespace OrleansTrain.Exchange.Synchronization;

/// <summary>
/// Deals out items <c>0 … Items - 1</c>: each worker takes those of its own share first, the same ones every step, so that small models stay
/// in its core's cache; then what others have left, so that a worker that is not scheduled holds up nobody.
/// Thread-safe, but for <see cref="Reset"/>, which nobody may call while items are taken.
/// </summary>
internal sealed class WorkQueue
{
    private readonly Share[] _shares;

    public WorkQueue(int items, int workers)
    {
        Items = items;
        _shares = new Share[workers];
        Reset();
    }

    /// <summary>Number of items.</summary>
    public int Items { get; }

    /// <summary>Makes all items available again.</summary>
    public void Reset()
    {
        for (var i = 0; i < _shares.Length; i++)
        {
            _shares[i].Next = First(i);
            _shares[i].End = First(i + 1);
        }
    }

    /// <summary>The worker whose share an item is in.</summary>
    public int Owner(int item)
    {
        var worker = 0;
        while (First(worker + 1) <= item)
        {
            worker++;
        }

        return worker;
    }

    /// <summary>Takes the next item for a worker; false when none is left.</summary>
    public bool TryTake(int worker, out int item)
    {
        for (var i = 0; i < _shares.Length; i++)
        {
            ref var share = ref _shares[(worker + i) % _shares.Length];
            if (Volatile.Read(ref share.Next) < share.End && (item = Interlocked.Increment(ref share.Next) - 1) < share.End)
            {
                return true;
            }
        }

        item = -1;
        return false;
    }

    private int First(int worker) => (int)((long)Items * worker / _shares.Length);

    /// <summary>Two cache lines each: processors fetch them in pairs.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Share
    {
        public int Next;
        public int End;
    }
}

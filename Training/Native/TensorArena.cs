namespace OrleansTrain.Training.Native;

/// <summary>
/// Blocks of memory for tensors of certain sizes: a tensor that a thread makes while it has entered, and that is as large as a free block, lies in
/// that block until libtorch frees it. What finds no block lies where it always did. One thread at a time may have entered; tensors may be freed on
/// any thread.
/// </summary>
public sealed class TensorArena
{
    /// <summary>What libtorch aligns tensors to.</summary>
    public const int Alignment = 64;

    private readonly nint[] _addresses;
    private readonly long[] _sizes;
    private readonly int[] _taken;
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Blocks that are taken, and 1 until the arena is retired.</summary>
    private int _users = 1;
    private volatile bool _retired;

    /// <param name="start">Where the first block begins; a multiple of <see cref="Alignment"/>.</param>
    /// <param name="sizes">Bytes of each block. They follow each other in this order, each at a multiple of <see cref="Alignment"/>.</param>
    /// <exception cref="NotSupportedException">libtorch cannot be given memory in this process; says why.</exception>
    public TensorArena(nint start, IReadOnlyList<long> sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        ArgumentOutOfRangeException.ThrowIfZero(sizes.Count, nameof(sizes));
        ArgumentOutOfRangeException.ThrowIfNotEqual(start % Alignment, 0, nameof(start));
        TorchRuntime.Initialize();
        if (!TensorMemory.IsAvailable)
        {
            throw new NotSupportedException($"Tensors cannot be put into shared memory: {TensorMemory.Unavailable}.");
        }

        _sizes = [.. sizes];
        _addresses = new nint[sizes.Count];
        _taken = new int[sizes.Count];
        var next = start;
        for (var i = 0; i < sizes.Count; i++)
        {
            _addresses[i] = next;
            next += (nint)PaddedSize(sizes[i]);
        }

        (Start, End) = (start, next);
        Smallest = _sizes.Min();
        TensorMemory.Add(this);
    }

    /// <summary>Whether tensors can be given memory in this process, which takes libtorch on linux-x64.</summary>
    public static bool IsSupported
    {
        get
        {
            TorchRuntime.Initialize();
            return TensorMemory.IsAvailable;
        }
    }

    /// <summary>Why tensors cannot be given memory in this process; null when they can, or libtorch is not loaded yet.</summary>
    public static string? Unavailable => TensorMemory.Unavailable;

    /// <summary>Where the first block begins.</summary>
    public nint Start { get; }

    /// <summary>Where the last block ends.</summary>
    public nint End { get; }

    /// <summary>Bytes of the smallest block.</summary>
    public long Smallest { get; }

    /// <summary>Bytes from the start of a block of this size to that of the next.</summary>
    public static long PaddedSize(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>Tensors that the calling thread makes from now on may lie in here.</summary>
    public void Enter() => TensorMemory.Current = this;

    /// <summary>The calling thread's tensors lie where libtorch puts them.</summary>
    public static void Leave() => TensorMemory.Current = null;

    /// <summary>No tensor is put in here any more. Call it once.</summary>
    /// <returns>Completes when the last tensor is gone; until then the memory must stay.</returns>
    public Task Retire()
    {
        _retired = true;
        Release();
        return _unused.Task;
    }

    internal nint Take(long bytes)
    {
        for (var i = 0; i < _sizes.Length && !_retired; i++)
        {
            if (_sizes[i] == bytes && Volatile.Read(ref _taken[i]) == 0 && TryUse())
            {
                if (Interlocked.Exchange(ref _taken[i], 1) == 0)
                {
                    return _addresses[i];
                }

                Release();
            }
        }

        return 0;
    }

    internal bool GiveBack(nint address)
    {
        var index = Array.BinarySearch(_addresses, address);
        if (index < 0)
        {
            return false;
        }

        Volatile.Write(ref _taken[index], 0);
        Release();
        return true;
    }

    private bool TryUse()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            TensorMemory.Remove(this);
            // Continues elsewhere: this may be in the middle of a destructor of libtorch's.
            _unused.SetResult();
        }
    }
}

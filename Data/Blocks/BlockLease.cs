namespace OrleansTrain.Data.Blocks;

/// <summary>
/// Somebody's right to read a block; the block stays in memory until it is disposed. Handed over by reference within a silo.
/// Dispose once; a lease that gets lost gives its reference back when it is collected.
/// </summary>
public sealed class BlockLease : IDisposable
{
    private DataBlock? _block;

    /// <summary>Takes over one reference to the block.</summary>
    internal BlockLease(DataBlock block) => _block = block;

    /// <summary>Gives back what a lost lease holds.</summary>
    ~BlockLease() => Release();

    /// <summary>The block.</summary>
    /// <exception cref="ObjectDisposedException">The lease has been given back.</exception>
    public DataBlock Block => _block ?? throw new ObjectDisposedException(nameof(BlockLease));

    /// <summary>A lease of a block, unless the block has been freed.</summary>
    internal static BlockLease? TryTake(DataBlock block) => block.TryAddReference() ? new BlockLease(block) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release() => Interlocked.Exchange(ref _block, null)?.Release();
}

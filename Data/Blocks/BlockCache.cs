namespace OrleansTrain.Data.Blocks;

/// <summary>
/// The loaded blocks of a silo, shared by its ranks and runs. Over budget, those used longest ago go first, but never one that is in use:
/// what is in use at once is bounded by the shuffle windows of the runs. Thread-safe.
/// </summary>
public sealed class BlockCache(long budgetBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, DataBlock Block)>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, DataBlock Block)> _byUse = [];

    /// <summary>Memory that blocks may take when nothing more is in use.</summary>
    public long BudgetBytes { get; } = budgetBytes;

    /// <summary>Memory that cached blocks take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Blocks that were dropped for room since the start.</summary>
    public long Evictions { get; private set; }

    /// <summary>Blocks in memory.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>A lease of a cached block, or null when it is not there.</summary>
    internal BlockLease? TryTake(string key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddLast(node);
            return BlockLease.TryTake(node.Value.Block);
        }
    }

    /// <summary>Keeps a block under a reference of its own, and drops others if there is no room.</summary>
    internal void Add(string key, DataBlock block)
    {
        if (!block.TryAddReference())
        {
            throw new InvalidOperationException($"The block {block.Origin} has already been freed.");
        }

        lock (_lock)
        {
            Drop(key);
            _entries[key] = _byUse.AddLast((key, block));
            Bytes += block.Bytes;
            Shrink();
        }
    }

    /// <summary>Drops a block unless it is in use.</summary>
    internal void DropUnused(string key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node) && node.Value.Block.References == 1)
            {
                Drop(key);
            }
        }
    }

    private void Shrink()
    {
        for (var node = _byUse.First; node is not null && Bytes > BudgetBytes;)
        {
            var next = node.Next;
            if (node.Value.Block.References == 1)
            {
                Drop(node.Value.Key);
                Evictions++;
            }

            node = next;
        }
    }

    private void Drop(string key)
    {
        if (_entries.Remove(key, out var node))
        {
            _byUse.Remove(node);
            Bytes -= node.Value.Block.Bytes;
            node.Value.Block.Release();
        }
    }
}

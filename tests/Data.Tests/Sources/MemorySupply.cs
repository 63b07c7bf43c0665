using System.Collections.Concurrent;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Schema;
using OrleansTrain.Data.Sources;

namespace OrleansTrain.Data.Tests.Sources;

/// <summary>Makes blocks whose every record holds its number in the dataset, and keeps count of those that are in memory.</summary>
internal sealed class MemorySupply(int[] records) : IBlockSupply
{
    private readonly ConcurrentBag<DataBlock> _made = [];
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static RecordSchema Schema { get; } = new([new Column("x", ElementType.Int32, []), new Column("y", ElementType.Int64, [])]);

    public static DataPipeline Pipeline { get; } = DataPipeline.Create().Inputs("x").Target("y");

    /// <summary>Blocks that somebody still holds.</summary>
    public int Held => _made.Count(block => block.References > 0);

    /// <summary>Most blocks that were held at once when one was asked for.</summary>
    public int MostHeld { get; private set; }

    /// <summary>Blocks in the order they were asked for.</summary>
    public ConcurrentQueue<int> Asked { get; } = new();

    /// <summary>Completes when a block has been asked for the second time.</summary>
    public Task SecondAsked => _second.Task;

    /// <summary>The block that cannot be read.</summary>
    public int? Broken { get; init; }

    /// <summary>The block whose records are laid out otherwise.</summary>
    public int? OfOtherColumns { get; init; }

    public Task<BlockLease> Acquire(int block, CancellationToken cancellationToken)
    {
        Asked.Enqueue(block);
        if (Asked.Count == 2)
        {
            _second.TrySetResult();
        }

        if (block == Broken)
        {
            return Task.FromException<BlockLease>(new DatasetException($"block {block} is broken"));
        }

        if (block == OfOtherColumns)
        {
            var other = DataBlock.Allocate(new RecordSchema([new Column("x", ElementType.UInt8, []), new Column("y", ElementType.Int64, [])]), records[block], $"block {block}");
            lock (_made)
            {
                _made.Add(other);
            }

            return Task.FromResult(new BlockLease(other));
        }

        var made = DataBlock.Allocate(Schema, records[block], $"block {block}");
        var first = records.Take(block).Sum();
        for (var i = 0; i < made.Count; i++)
        {
            BitConverter.TryWriteBytes(made.Writable[(i * 12)..], first + i);
            BitConverter.TryWriteBytes(made.Writable[((i * 12) + 4)..], (long)(first + i));
        }

        lock (_made)
        {
            _made.Add(made);
            MostHeld = Math.Max(MostHeld, Held);
        }

        return Task.FromResult(new BlockLease(made));
    }
}

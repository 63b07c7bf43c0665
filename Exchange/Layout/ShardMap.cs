using OrleansTrain.Training;

namespace OrleansTrain.Exchange.Layout;

/// <summary>
/// Which part of the flat buffer belongs to which silo, and how a part is cut into the chunks it is worked on and sent in.
/// Shards have equal bytes up to 64; every shard has at least one chunk, which may be empty. Follows from the plan: the same on all silos.
/// </summary>
internal sealed class ShardMap
{
    private readonly FlatRange[] _shards;

    /// <param name="length">Elements of the flat buffer; a multiple of <see cref="ParameterLayout.Alignment"/>.</param>
    /// <param name="chunkLength">Elements of a chunk, the last one of a shard excepted; a multiple of <see cref="ParameterLayout.Alignment"/>.</param>
    public ShardMap(long length, int shards, int chunkLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkLength, ParameterLayout.Alignment);
        ArgumentOutOfRangeException.ThrowIfNotEqual(chunkLength % ParameterLayout.Alignment, 0, nameof(chunkLength));
        ArgumentOutOfRangeException.ThrowIfNotEqual(length % ParameterLayout.Alignment, 0, nameof(length));
        ChunkLength = chunkLength;
        Length = length;
        _shards = new FlatRange[shards];
        var units = length / ParameterLayout.Alignment;
        for (var shard = 0; shard < shards; shard++)
        {
            var start = units * shard / shards * ParameterLayout.Alignment;
            var end = units * (shard + 1) / shards * ParameterLayout.Alignment;
            _shards[shard] = new FlatRange(start, end - start);
        }
    }

    /// <summary>Elements of a chunk at most.</summary>
    public int ChunkLength { get; }

    /// <summary>Elements of the flat buffer.</summary>
    public long Length { get; }

    /// <summary>Number of shards.</summary>
    public int Count => _shards.Length;

    /// <summary>A shard's range.</summary>
    public FlatRange this[int shard] => _shards[shard];

    /// <summary>Number of chunks of a shard, at least 1.</summary>
    public int Chunks(int shard) => (int)Math.Max(1, (_shards[shard].Length + ChunkLength - 1) / ChunkLength);

    /// <summary>A chunk's range in the flat buffer.</summary>
    public FlatRange Chunk(int shard, int chunk)
    {
        var start = (long)chunk * ChunkLength;
        return new FlatRange(_shards[shard].Start + start, Math.Min(ChunkLength, _shards[shard].Length - start));
    }
}

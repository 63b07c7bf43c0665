using OrleansTrain.Data.Blocks;

namespace OrleansTrain.Data.Sources;

/// <summary>Where a batch source gets the blocks of its dataset from. Thread-safe.</summary>
internal interface IBlockSupply
{
    /// <summary>A lease of a block, loading it if it is nowhere in reach.</summary>
    /// <exception cref="DatasetException">The block is corrupt.</exception>
    Task<BlockLease> Acquire(int block, CancellationToken cancellationToken);
}

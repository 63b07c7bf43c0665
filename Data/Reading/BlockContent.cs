using OrleansTrain.Data.Blocks;

namespace OrleansTrain.Data.Reading;

/// <summary>
/// A block as its reader gives it: ready in native memory (the caller holds its reference), or as records that are still to be packed.
/// </summary>
internal abstract record BlockContent
{
    private BlockContent()
    {
    }

    /// <summary>Fixed-size records in memory.</summary>
    public sealed record Ready(DataBlock Block) : BlockContent;

    /// <summary>Records in order. Each is decoded when its function is called, which throws a <see cref="DatasetException"/> if it is bad.</summary>
    public sealed record Loose(IEnumerable<Func<Record>> Records, string Origin) : BlockContent;
}

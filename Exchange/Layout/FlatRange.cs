namespace OrleansTrain.Exchange.Layout;

/// <summary>Elements <c>[Start, Start + Length)</c> of the flat buffer.</summary>
internal readonly record struct FlatRange(long Start, long Length)
{
    /// <summary>One past the last element.</summary>
    public long End => Start + Length;
}

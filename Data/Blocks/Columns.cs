namespace OrleansTrain.Data.Blocks;

/// <summary>Copies single columns between a block, whose records interleave them, and plain arrays.</summary>
internal static class Columns
{
    /// <summary>Copies a column's values into a block.</summary>
    public static void Scatter(ReadOnlySpan<byte> values, DataBlock block, string name)
    {
        var (column, offset) = block.Schema.Find(name);
        var (length, stride) = (column.ByteLength, block.Schema.RecordBytes);
        var records = block.Writable;
        for (var i = 0; i < block.Count; i++)
        {
            values.Slice(i * length, length).CopyTo(records[((i * stride) + offset)..]);
        }
    }

    /// <summary>Copies a column's values out of a block.</summary>
    public static void Gather(DataBlock block, string name, Span<byte> values)
    {
        var (column, offset) = block.Schema.Find(name);
        var length = column.ByteLength;
        for (var i = 0; i < block.Count; i++)
        {
            block.Record(i).Slice(offset, length).CopyTo(values[(i * length)..]);
        }
    }
}

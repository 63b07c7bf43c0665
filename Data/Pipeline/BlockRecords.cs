using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.Pipeline;

/// <summary>Shows a block's records to steps that work record by record.</summary>
internal static class BlockRecords
{
    /// <summary>The records; valid while the caller holds a reference to the block.</summary>
    public static IEnumerable<Func<Record>> Of(DataBlock block)
    {
        for (var i = 0; i < block.Count; i++)
        {
            var index = i;
            yield return () => Read(block, index);
        }
    }

    private static Record Read(DataBlock block, int index)
    {
        var bytes = block.Record(index);
        var record = new Record($"{block.Origin} record {index}");
        foreach (var column in block.Schema.Columns)
        {
            record[column.Name] = Field.FromBytes(column.Type, column.Shape, bytes[..column.ByteLength]);
            bytes = bytes[column.ByteLength..];
        }

        return record;
    }
}

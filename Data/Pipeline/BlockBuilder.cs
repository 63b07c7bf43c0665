using System.Buffers;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Pipeline;

/// <summary>Packs records into a block; the first one says which columns there are. Used by one thread.</summary>
internal sealed class BlockBuilder(string origin)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private RecordSchema? _schema;

    public int Count { get; private set; }

    /// <exception cref="DatasetException">A field is text, or type or shape differ from the first record.</exception>
    public void Add(Record record)
    {
        _schema ??= Describe(record);
        if (record.Fields.Count != _schema.Columns.Count)
        {
            throw Mismatch(record);
        }

        var length = _schema.RecordBytes;
        var target = _bytes.GetSpan(length)[..length];
        for (var i = 0; i < record.Fields.Count; i++)
        {
            var (name, field) = record.Fields[i];
            var column = _schema.Columns[i];
            if (field.IsText || name != column.Name || field.Type != column.Type || !field.Shape.SequenceEqual(column.Shape))
            {
                throw Mismatch(record);
            }

            field.Bytes.CopyTo(target);
            target = target[field.Bytes.Length..];
        }

        _bytes.Advance(length);
        Count++;
    }

    /// <summary>Adds the record that was added last once more, in place of one that cannot be read.</summary>
    public void Repeat()
    {
        var last = _bytes.WrittenMemory[^_schema!.RecordBytes..];
        _bytes.Write(last.Span);
        Count++;
    }

    public DataBlock Build(int skipped)
    {
        var block = DataBlock.Allocate(_schema ?? RecordSchema.None, Count, origin, skipped);
        _bytes.WrittenSpan.CopyTo(block.Writable);
        return block;
    }

    private static RecordSchema Describe(Record record)
    {
        foreach (var (name, field) in record.Fields)
        {
            if (field.IsText)
            {
                throw new DatasetException($"{record.Origin}: field '{name}' is text ('{field.Shown}'): map it to numbers or remove it before training.");
            }
        }

        return new RecordSchema(record.Fields.Select(field => new Column(field.Key, field.Value.Type, field.Value.Shape)));
    }

    private DatasetException Mismatch(Record record) =>
        new($"{record.Origin} does not fit the records before it: expected {_schema}, found {string.Join(", ", record.Fields.Select(field => $"{field.Key} {field.Value}"))}.");
}

namespace OrleansTrain.Data.Schema;

/// <summary>
/// The columns of a dataset. A record is its columns' bytes one behind the other, in this order and without gaps. Immutable.
/// </summary>
public sealed class RecordSchema
{
    /// <summary>A record may not be larger than this: what claims to be is a broken header.</summary>
    public const int LargestRecord = 1 << 28;

    private const int MostColumns = 4096;

    private readonly Dictionary<string, (Column Column, int Offset)> _columns = new(StringComparer.Ordinal);

    /// <summary>Checks the columns and lays them out.</summary>
    /// <exception cref="DatasetException">There is none, a name occurs twice, a dimension is not positive, or a record would be absurdly large.</exception>
    public RecordSchema(IEnumerable<Column> columns)
    {
        Columns = [.. columns];
        long offset = 0;
        foreach (var column in Columns)
        {
            if (column is null || string.IsNullOrEmpty(column.Name) || column.Shape is null || !Enum.IsDefined(column.Type))
            {
                throw new DatasetException("A column of the schema has no name, no shape or an unknown type.");
            }

            var bytes = Size(column);
            if (!_columns.TryAdd(column.Name, (column, (int)offset)))
            {
                throw new DatasetException($"Two columns of the schema are named '{column.Name}': give each its own name.");
            }

            offset += bytes;
            if (offset > LargestRecord)
            {
                throw new DatasetException($"A record up to column '{column.Name}' would have {offset} bytes; at most {LargestRecord} are allowed.");
            }
        }

        if (Columns.Count is 0 or > MostColumns)
        {
            throw new DatasetException($"A schema needs 1 to {MostColumns} columns, found {Columns.Count}.");
        }

        RecordBytes = (int)offset;
    }

    private RecordSchema() => Columns = [];

    /// <summary>The schema of a block that has no records: no columns.</summary>
    public static RecordSchema None { get; } = new();

    /// <summary>The columns, in the order of their bytes.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>Bytes of one record.</summary>
    public int RecordBytes { get; }

    /// <summary>A column and where its bytes start within a record.</summary>
    /// <exception cref="DatasetException">There is no such column.</exception>
    public (Column Column, int Offset) Find(string name) => _columns.TryGetValue(name, out var found)
        ? found
        : throw new DatasetException($"The data has no column '{name}'; it has {string.Join(", ", Columns.Select(column => $"'{column.Name}'"))}.");

    /// <summary>Whether records of the other schema have the same bytes in the same places.</summary>
    public bool Matches(RecordSchema other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other) || (Columns.Count == other.Columns.Count && Columns.Zip(other.Columns).All(
            pair => pair.First.Name == pair.Second.Name && pair.First.Type == pair.Second.Type && pair.First.Shape.SequenceEqual(pair.Second.Shape)));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Columns);

    // Not by Column.Length: its overflow would be no DatasetException.
    private static long Size(Column column)
    {
        long bytes = column.Type.Size();
        foreach (var dimension in column.Shape)
        {
            if (dimension <= 0)
            {
                throw new DatasetException($"Column '{column.Name}' has dimension {dimension}: all must be positive.");
            }

            bytes *= dimension;
            if (bytes > LargestRecord)
            {
                throw new DatasetException($"Column '{column.Name}' is larger than the {LargestRecord} bytes that are allowed.");
            }
        }

        return bytes;
    }
}

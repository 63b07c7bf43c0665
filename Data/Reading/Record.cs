namespace OrleansTrain.Data.Reading;

/// <summary>
/// One record on its way from an object to a block: fields by name, in order. What <c>Map</c> and <c>Filter</c> of a pipeline see.
/// Not thread-safe; each record is used by one thread.
/// </summary>
/// <param name="origin">Object and record, for messages.</param>
public sealed class Record(string origin)
{
    private readonly List<KeyValuePair<string, Field>> _fields = [];

    /// <summary>Which object and which record of it, for messages.</summary>
    public string Origin { get; } = origin;

    /// <summary>Names and values, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, Field>> Fields => _fields;

    /// <summary>Reads, adds or replaces a field.</summary>
    /// <exception cref="DatasetException">On reading: there is no such field.</exception>
    public Field this[string name]
    {
        get
        {
            var index = Find(name);
            return index >= 0
                ? _fields[index].Value
                : throw new DatasetException($"{Origin} has no field '{name}'; it has {string.Join(", ", _fields.Select(field => $"'{field.Key}'"))}.");
        }

        set
        {
            var index = Find(name);
            if (index >= 0)
            {
                _fields[index] = new(name, value);
            }
            else
            {
                _fields.Add(new(name, value));
            }
        }
    }

    /// <summary>Whether there is a field of this name.</summary>
    public bool Has(string name) => Find(name) >= 0;

    /// <summary>Takes a field away, if it is there.</summary>
    public void Remove(string name) => _fields.RemoveAll(field => field.Key == name);

    private int Find(string name) => _fields.FindIndex(field => field.Key == name);
}

using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.Formats;

/// <summary>Gathers parts of objects into blocks of about so many bytes and at most so many records. Used by one thread.</summary>
internal sealed class BlockCutter(long blockBytes, int mostRecords)
{
    private readonly List<CatalogBlock> _blocks = [];
    private readonly List<ObjectPart> _parts = [];
    private long _bytes;
    private int _records;

    /// <summary>Adds a part that has so many records.</summary>
    public void Add(ObjectPart part, int records)
    {
        if (_parts.Count > 0 && (_bytes + part.Length > blockBytes || _records + records > mostRecords))
        {
            Close();
        }

        _parts.Add(part);
        _bytes += part.Length;
        _records += records;
    }

    /// <summary>The blocks.</summary>
    public IReadOnlyList<CatalogBlock> Finish()
    {
        Close();
        return _blocks;
    }

    private void Close()
    {
        if (_parts.Count > 0)
        {
            _blocks.Add(new CatalogBlock(_records, new PartList(_parts)));
            _parts.Clear();
            (_bytes, _records) = (0, 0);
        }
    }
}

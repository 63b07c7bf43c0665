using System.Collections;
using System.IO.Compression;
using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.Formats;

/// <summary>
/// The parts of a block, compressed: a dataset of millions of objects is listed in some tens of megabytes, since a block's keys are much alike.
/// Unpacked each time it is read; thread-safe.
/// </summary>
internal sealed class PartList : IReadOnlyList<ObjectPart>
{
    private readonly byte[] _packed;

    public PartList(IEnumerable<ObjectPart> parts)
    {
        var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(new BrotliStream(buffer, CompressionLevel.Fastest, leaveOpen: true)))
        {
            foreach (var part in parts)
            {
                writer.Write(part.Key);
                writer.Write(part.ETag);
                writer.Write7BitEncodedInt64(part.Size);
                writer.Write7BitEncodedInt64(part.Offset);
                writer.Write7BitEncodedInt64(part.Length);
                writer.Write(part.Note);
                Count++;
            }
        }

        _packed = buffer.ToArray();
    }

    public int Count { get; }

    public ObjectPart this[int index] => this.ElementAt(index);

    public IEnumerator<ObjectPart> GetEnumerator()
    {
        using var reader = new BinaryReader(new BrotliStream(new MemoryStream(_packed), CompressionMode.Decompress));
        for (var i = 0; i < Count; i++)
        {
            yield return new ObjectPart(
                reader.ReadString(), reader.ReadString(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64(), reader.ReadString());
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

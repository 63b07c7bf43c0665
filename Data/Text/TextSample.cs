using OrleansTrain.Data.Reading;
using OrleansTrain.Storage;

namespace OrleansTrain.Data.Text;

/// <summary>
/// The front of a text object, from which columns and types are found: whole records only, since one that is cut off looks like a record
/// with missing fields.
/// </summary>
internal static class TextSample
{
    private const int Bytes = 1 << 20;

    /// <summary>The whole records of the first MiB, or of as much more as it takes until there are some.</summary>
    /// <param name="delimiter">Between fields; null: there are no quoted fields.</param>
    /// <param name="records">How many there must be, the header among them.</param>
    /// <param name="most">Bytes after which it is given up.</param>
    /// <exception cref="DatasetException">There are fewer records in so many bytes.</exception>
    public static async Task<ReadOnlyMemory<byte>> Read(
        DatasetLocation location, ObjectInfo file, char? delimiter, int records, int most, CancellationToken cancellationToken)
    {
        var (bytes, done) = (new byte[Math.Min(Bytes, file.Size)], 0);
        while (true)
        {
            await location.Store.ReadRange(file.Key, done, bytes.AsMemory(done), file.ETag, cancellationToken);
            done = bytes.Length;
            if (done == file.Size)
            {
                return bytes;
            }

            var (end, whole) = TextScanner.Whole(bytes, delimiter);
            if (whole >= records)
            {
                return bytes.AsMemory(0, end);
            }

            if (done >= most)
            {
                throw new DatasetException($"{location.Name(file.Key)}: its first record is longer than {most} bytes: end records with line feeds, and close quotation marks.");
            }

            Array.Resize(ref bytes, (int)Math.Min(Math.Min(2L * done, most), file.Size));
        }
    }
}

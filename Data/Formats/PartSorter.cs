using System.IO.Hashing;
using System.Runtime.InteropServices;
using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.Formats;

/// <summary>
/// Puts parts of objects in the order of the hash of their keys without holding them all as objects: they are gathered compressed, in buckets by
/// the first bits of the hash, and each bucket is unpacked and sorted when its turn comes. A million objects take some tens of megabytes.
/// Used by one thread.
/// </summary>
internal sealed class PartSorter
{
    private const int BucketBits = 8;
    private const int Pending = 256;

    private readonly Bucket[] _buckets = [.. Enumerable.Range(0, 1 << BucketBits).Select(_ => new Bucket())];

    /// <summary>Parts so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a part.</summary>
    public void Add(ObjectPart part)
    {
        var bucket = _buckets[Hash(part) >> (64 - BucketBits)];
        bucket.Parts.Add(part);
        if (bucket.Parts.Count == Pending)
        {
            bucket.Packed.Add(new PartList(bucket.Parts));
            bucket.Parts.Clear();
        }

        Count++;
    }

    /// <summary>All parts in the order of the hash of their keys.</summary>
    public IEnumerable<ObjectPart> InOrder() => _buckets.SelectMany(bucket => bucket.Packed.SelectMany(list => list).Concat(bucket.Parts).OrderBy(Hash));

    private static ulong Hash(ObjectPart part) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(part.Key.AsSpan()));

    private sealed class Bucket
    {
        public List<PartList> Packed { get; } = [];

        public List<ObjectPart> Parts { get; } = [];
    }
}

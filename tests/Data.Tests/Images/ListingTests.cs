using System.Globalization;
using System.Runtime.CompilerServices;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Images;
using OrleansTrain.Data.Reading;
using OrleansTrain.Storage;

namespace OrleansTrain.Data.Tests.Images;

/// <summary>A bucket of a million images is listed without holding a million objects. Counts what the whole process holds, so nothing may run beside it.</summary>
[Collection(nameof(ListingTests)), CollectionDefinition(nameof(ListingTests), DisableParallelization = true)]
public sealed class ListingTests
{
    private const int Objects = 1_000_000;
    private const long MostBytes = 150L << 20;

    [Fact]
    public async Task AMillionObjectsAreListedInBoundedMemory()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var store = new LongListing(before);
        var catalog = await new ImageReader(DataFormat.Images("{split}/{label}_{*}.png")).Open(new DatasetLocation("s3://b/d", store, "d"), "train", default);

        // As plain objects they would take 400 MB.
        Assert.InRange(store.MostBytes, 1, MostBytes);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 1, MostBytes);
        Assert.Equal(Objects, catalog.Blocks.Sum(block => block.Records));
        Assert.Equal((Objects + 1023) / 1024, catalog.Blocks.Count);

        // Classes are mixed although keys are sorted by class.
        Assert.Equal(10, catalog.Blocks[0].Parts.Select(part => part.Note).Distinct().Count());
    }

    private sealed class LongListing(long before) : IObjectStore
    {
        public string Description => "a million objects";

        /// <summary>Most memory that was in use on the way.</summary>
        public long MostBytes { get; private set; }

        public async IAsyncEnumerable<ObjectInfo> List(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            for (var i = 0; i < Objects; i++)
            {
                if (i % 250_000 == 249_999)
                {
                    MostBytes = Math.Max(MostBytes, GC.GetTotalMemory(forceFullCollection: true) - before);
                }

                var key = string.Create(CultureInfo.InvariantCulture, $"d/train/{i / (Objects / 10)}_{i:0000000}.png");
                yield return new ObjectInfo(key, 300, Convert.ToHexStringLower(BitConverter.GetBytes(((ulong)i * 0x9E3779B97F4A7C15UL) ^ 77)) + "0123456789abcdef", DateTimeOffset.UnixEpoch);
            }
        }

        public Task<ObjectInfo?> Stat(string key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task ReadRange(string key, long offset, Memory<byte> destination, string? expectedETag = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task<Stream> OpenRead(string key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<ObjectInfo> Write(string key, Stream content, long length, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task Delete(string key, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}

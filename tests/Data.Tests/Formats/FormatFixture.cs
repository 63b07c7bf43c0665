using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Data.Tests.Formats;

/// <summary>A bucket in a temporary folder, and a way to read back what a format makes of it.</summary>
internal sealed class FormatFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FormatFixture() => Stores = new ObjectStores(new ObjectStoreOptions { LocalFolder = _folder.Path });

    public ObjectStores Stores { get; }

    public static string Uri => "s3://bucket/data";

    public void Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.Path, "bucket", "data", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    public void Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public async Task<(DatasetCatalog Catalog, BlockLoader Loader)> Open(DataPipeline pipeline, string split = "train", ReadSettings? settings = null)
    {
        var loader = await BlockLoader.Create(DatasetLocation.Resolve(Stores, Uri), pipeline, settings ?? ReadSettings.Default, default);
        return (await loader.Open(split, default), loader);
    }

    /// <summary>Every record as text: its fields' numbers in order.</summary>
    public async Task<List<string>> Read(DataPipeline pipeline, string split = "train", ReadSettings? settings = null)
    {
        var (catalog, loader) = await Open(pipeline, split, settings);
        var records = new List<string>();
        foreach (var entry in catalog.Blocks)
        {
            var block = await loader.Load(entry, default);
            records.AddRange(BlockRecords.Of(block).Select(record => string.Join(' ', record().Fields.Select(field => Show(field.Value)))));
            Assert.True(entry.Records < 0 || entry.Records == block.Count);
            block.Release();
            Assert.Equal(0, block.References);
        }

        return records;
    }

    public void Dispose()
    {
        Stores.Dispose();
        _folder.Dispose();
    }

    private static string Show(Field field)
    {
        var size = field.Bytes.Length / field.Shape.Aggregate(1, (product, dimension) => product * dimension);
        var numbers = new List<string>();
        for (var at = 0; at < field.Bytes.Length; at += size)
        {
            numbers.Add(Field.FromBytes(field.Type, [], field.Bytes.Slice(at, size)).AsNumber().ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return field.Shape.Count == 0 ? numbers[0] : $"[{string.Join(',', numbers)}]";
    }
}

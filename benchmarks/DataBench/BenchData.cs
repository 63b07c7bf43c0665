using System.Globalization;
using System.IO.Compression;
using OrleansTrain.Data.Packed;
using OrleansTrain.Storage;
using SkiaSharp;

namespace OrleansTrain.DataBench;

/// <summary>MNIST in the server, twice: as packed blocks, and as 70,000 PNG objects named as the original recipe names them.</summary>
internal static class BenchData
{
    public const string Packed = "s3://datasets/mnist";
    public const string Images = "s3://datasets/mnist-png";
    public const string Label = "{split}/{label}_{*}.png";

    private const int Side = 28;

    public static async Task Ensure(IObjectStores stores, string mnist)
    {
        await stores.EnsureBucket(Packed);
        if (await new DatasetWriter(stores).Find(Packed) is null)
        {
            await new DatasetWriter(stores).Put(mnist, Packed);
        }

        var (store, prefix) = stores.Resolve(Images);
        if (await store.Stat($"{prefix}/complete") is not null)
        {
            return;
        }

        foreach (var (split, file) in new[] { ("train", "train"), ("test", "t10k") })
        {
            var pixels = Unzip(Path.Combine(mnist, $"{file}-images-idx3-ubyte.gz"), 16);
            var labels = Unzip(Path.Combine(mnist, $"{file}-labels-idx1-ubyte.gz"), 8);
            await Parallel.ForAsync(0, labels.Length, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, token) =>
            {
                var png = Encode(pixels.AsSpan(i * Side * Side, Side * Side));
                var key = string.Create(CultureInfo.InvariantCulture, $"{prefix}/{split}/{labels[i]}_{i:00000}.png");
                await store.Write(key, new MemoryStream(png), png.Length, token);
            });
        }

        await store.Write($"{prefix}/complete", new MemoryStream([1]), 1);
    }

    private static byte[] Unzip(string file, int header)
    {
        using var unzipped = new MemoryStream();
        using (var zipped = new GZipStream(File.OpenRead(file), CompressionMode.Decompress))
        {
            zipped.CopyTo(unzipped);
        }

        return unzipped.ToArray()[header..];
    }

    private static byte[] Encode(ReadOnlySpan<byte> pixels)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Gray8));
        pixels.CopyTo(bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}

using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;
using SkiaSharp;

namespace OrleansTrain.Data.Inspection;

/// <summary>Images in rows and columns. Grey or colour, [height, width] or [channels, height, width]; numbers that are no bytes are stretched to what each image holds.</summary>
internal sealed class ContactSheet(int rows, int columns)
{
    private const int SmallestTile = 56;
    private const int LargestTile = 256;
    private const int Gap = 2;

    private readonly List<SKBitmap> _tiles = [];

    public int Places { get; } = rows * columns;

    public int Taken => _tiles.Count;

    /// <summary>Takes up to <paramref name="count"/> images, evenly spread over the block.</summary>
    public void Add(DataBlock block, int count)
    {
        var column = block.Schema.Columns.FirstOrDefault(candidate => Shape(candidate) is not null)
            ?? throw new DatasetException($"{block.Origin} has no images: expected a column of shape [height, width] or [1 or 3, height, width], found {block.Schema}.");
        var (channels, height, width) = Shape(column)!.Value;
        var (_, offset) = block.Schema.Find(column.Name);
        count = Math.Min(count, block.Count);
        for (var i = 0; i < count; i++)
        {
            var bytes = block.Record((int)((long)i * block.Count / count)).Slice(offset, column.ByteLength);
            _tiles.Add(Draw(Field.FromBytes(column.Type, column.Shape, bytes), channels, height, width));
        }
    }

    public byte[] Encode()
    {
        var size = Math.Clamp(_tiles.Count > 0 ? _tiles.Max(tile => Math.Max(tile.Width, tile.Height)) : 1, SmallestTile, LargestTile);
        var info = new SKImageInfo((columns * (size + Gap)) + Gap, (rows * (size + Gap)) + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var surface = SKSurface.Create(info);
        surface.Canvas.Clear(new SKColor(40, 40, 40));
        for (var i = 0; i < _tiles.Count; i++)
        {
            using var tile = _tiles[i];
            using var image = SKImage.FromBitmap(tile);
            var (x, y) = (Gap + (i % columns * (size + Gap)), Gap + (i / columns * (size + Gap)));
            var scale = (float)size / Math.Max(tile.Width, tile.Height);
            surface.Canvas.DrawImage(
                image, new SKRect(x, y, x + (tile.Width * scale), y + (tile.Height * scale)),
                new SKSamplingOptions(scale >= 1 ? SKFilterMode.Nearest : SKFilterMode.Linear, SKMipmapMode.Linear), null);
        }

        using var sheet = surface.Snapshot();
        using var png = sheet.Encode(SKEncodedImageFormat.Png, 100);
        _tiles.Clear();
        return png.ToArray();
    }

    private static (int Channels, int Height, int Width)? Shape(Column column) => column.Shape switch
    {
        [> 1 and var height, > 1 and var width] => (1, height, width),
        [(1 or 3) and var channels, > 1 and var height, > 1 and var width] => (channels, height, width),
        _ => null,
    };

    private static SKBitmap Draw(Field field, int channels, int height, int width)
    {
        var plane = height * width;
        var size = field.Type.Size();
        var numbers = new double[channels * plane];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Field.FromBytes(field.Type, [], field.Bytes.Slice(i * size, size)).AsNumber();
        }

        var (low, high) = field.Type == ElementType.UInt8 ? (0, 255) : (numbers.Min(), numbers.Max());
        byte Level(int channel, int pixel) => (byte)Math.Clamp((numbers[(channel * plane) + pixel] - low) * 255 / Math.Max(high - low, 1e-12), 0, 255);

        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var pixel = 0; pixel < plane; pixel++)
        {
            bitmap.SetPixel(pixel % width, pixel / width, channels == 1
                ? new SKColor(Level(0, pixel), Level(0, pixel), Level(0, pixel))
                : new SKColor(Level(0, pixel), Level(1, pixel), Level(2, pixel)));
        }

        return bitmap;
    }
}

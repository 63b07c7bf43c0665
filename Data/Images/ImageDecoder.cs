using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Reading;
using SkiaSharp;

namespace OrleansTrain.Data.Images;

/// <summary>Which pixels an image field has.</summary>
/// <param name="Channels">1: grey; 3: red, green, blue; 0: as the image is.</param>
/// <param name="Width">Pixels after resizing; 0: as the image is.</param>
/// <param name="Height">Pixels after resizing; 0: as the image is.</param>
/// <param name="MostPixels">Larger images are refused before memory is taken for them.</param>
internal sealed record ImageShape(int Channels, int Width, int Height, long MostPixels)
{
    /// <summary>As the images are.</summary>
    public static ImageShape AsIs { get; } = new(0, 0, 0, 100_000_000);
}

/// <summary>Decodes PNG, JPEG and what else Skia reads to uint8 [channels, height, width]. Thread-safe.</summary>
internal static class ImageDecoder
{
    /// <exception cref="DatasetException">It is no image, cut off, or larger than allowed.</exception>
    public static unsafe Field Decode(NativeBuffer bytes, string name, ImageShape shape)
    {
        if (bytes.Length == 0)
        {
            throw new DatasetException($"{name} is empty: expected a PNG or JPEG image.");
        }

        using var data = SKData.Create((nint)bytes.Start, bytes.Length);
        using var codec = SKCodec.Create(data) ?? throw new DatasetException($"{name} is no image that can be read: expected PNG or JPEG.");
        var info = codec.Info;
        if ((long)info.Width * info.Height > shape.MostPixels)
        {
            throw new DatasetException($"{name} has {info.Width}x{info.Height} pixels, more than the {shape.MostPixels} that are allowed.");
        }

        var channels = shape.Channels > 0 ? shape.Channels : info.ColorType == SKColorType.Gray8 ? 1 : 3;
        var wanted = new SKImageInfo(info.Width, info.Height, channels == 1 && info.ColorType == SKColorType.Gray8 ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var bitmap = new SKBitmap(wanted);
        var result = codec.GetPixels(wanted, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            throw new DatasetException($"{name} is corrupt or truncated: its pixels cannot be decoded ({result}).");
        }

        using var resized = Resize(bitmap, shape, name);
        return Planes(resized ?? bitmap, channels);
    }

    private static SKBitmap? Resize(SKBitmap bitmap, ImageShape shape, string name)
    {
        if (shape.Width == 0 || (bitmap.Width == shape.Width && bitmap.Height == shape.Height))
        {
            return null;
        }

        return bitmap.Resize(bitmap.Info.WithSize(shape.Width, shape.Height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear))
            ?? throw new DatasetException($"{name} cannot be resized to {shape.Width}x{shape.Height}.");
    }

    private static Field Planes(SKBitmap bitmap, int channels)
    {
        var (width, height) = (bitmap.Width, bitmap.Height);
        var planes = new byte[channels * width * height];
        var pixels = bitmap.GetPixelSpan();
        for (var y = 0; y < height; y++)
        {
            var row = pixels.Slice(y * bitmap.RowBytes, width * bitmap.BytesPerPixel);
            var target = y * width;
            if (bitmap.ColorType == SKColorType.Gray8)
            {
                row.CopyTo(planes.AsSpan(target));
                continue;
            }

            for (var x = 0; x < width; x++)
            {
                var (red, green, blue) = (row[4 * x], row[(4 * x) + 1], row[(4 * x) + 2]);
                if (channels == 1)
                {
                    // ITU-R BT.601, as PIL and torchvision turn colour into grey.
                    planes[target + x] = (byte)(((red * 19595) + (green * 38470) + (blue * 7471) + 0x8000) >> 16);
                }
                else
                {
                    planes[target + x] = red;
                    planes[(width * height) + target + x] = green;
                    planes[(2 * width * height) + target + x] = blue;
                }
            }
        }

        return Field.Of(planes, channels, height, width);
    }
}

using static TorchSharp.torch;

namespace OrleansTrain.Data.Images;

/// <summary>
/// Steps for <see cref="DataPipeline.MapBlock"/> on all images of a block at once: [n, height, width] or [n, channels, height, width], uint8 or
/// float32, and what comes out has the type that went in.
/// </summary>
public static class ImageTensors
{
    /// <summary>Resizes images bilinearly, with antialiasing when they get smaller.</summary>
    public static DataPipeline Resize(this DataPipeline pipeline, string column, int height, int width) =>
        Change(pipeline, $"resize {column} {height}x{width}", column, images => nn.functional.interpolate(
            images, [height, width], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true));

    /// <summary>Cuts the middle out of images.</summary>
    /// <exception cref="DatasetException">When a block is loaded: the images are smaller.</exception>
    public static DataPipeline CenterCrop(this DataPipeline pipeline, string column, int height, int width) =>
        Change(pipeline, $"crop {column} {height}x{width}", column, images =>
        {
            var (top, left) = ((images.shape[2] - height) / 2, (images.shape[3] - width) / 2);
            return images.shape[2] >= height && images.shape[3] >= width
                ? images.narrow(2, top, height).narrow(3, left, width)
                : throw new DatasetException($"images of {images.shape[2]}x{images.shape[3]} have no middle of {height}x{width}.");
        });

    private static DataPipeline Change(DataPipeline pipeline, string key, string column, Func<Tensor, Tensor> change) => pipeline.MapBlock(key, columns =>
    {
        var stored = columns.TryGetValue(column, out var found) ? found : throw new DatasetException($"the data has no column '{column}'.");
        var images = stored.dim() == 3 ? stored.unsqueeze(1) : stored;
        if (images.dim() != 4)
        {
            throw new DatasetException($"column '{column}' holds no images: its shape is [{string.Join(',', stored.shape[1..])}].");
        }

        var changed = change(images.to_type(ScalarType.Float32));
        changed = stored.dtype == ScalarType.Byte ? changed.round().clamp(0, 255).to_type(ScalarType.Byte) : changed.to_type(stored.dtype);
        return new Dictionary<string, Tensor>(columns, StringComparer.Ordinal) { [column] = stored.dim() == 3 ? changed.squeeze(1) : changed };
    });
}

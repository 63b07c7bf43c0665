using static TorchSharp.torch;

namespace OrleansTrain.Tasks.Networks;

/// <summary>How images lie in memory.</summary>
internal static class ImageLayout
{
    /// <summary>
    /// The same images <c>[N, C, H, W]</c> with the channels of a pixel next to each other (PyTorch's <c>channels_last</c>), in which oneDNN convolves
    /// and pools faster on processors; what is computed from them keeps that layout. A view where there is one channel.
    /// </summary>
    public static Tensor ChannelsLast(Tensor images)
    {
        var shape = images.shape;
        // With one channel both layouts are the same bytes, and only the strides tell convolutions which one is meant.
        var pixels = shape[1] == 1 ? images.reshape(shape[0], shape[2], shape[3], 1) : images.permute(0, 2, 3, 1).contiguous();
        return pixels.permute(0, 3, 1, 2);
    }
}

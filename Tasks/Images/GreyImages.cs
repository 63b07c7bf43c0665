using OrleansTrain.Data;

namespace OrleansTrain.Tasks.Images;

/// <summary>Pipelines of datasets laid out as MNIST is: columns <c>image</c> (28x28 bytes) and <c>label</c> (0 to 9).</summary>
internal static class GreyImages
{
    /// <summary>(x/255 - mean) / deviation, each sample in <paramref name="shape"/>.</summary>
    public static DataPipeline Pipeline(double mean, double deviation, params long[] shape) => DataPipeline.Create()
        .Inputs("image")
        .Target("label")
        .Normalise("image", mean, deviation, scale: 1 / 255.0)
        .Reshape(shape);
}

using static TorchSharp.torch;

namespace OrleansTrain.Training.Replicas;

/// <summary>What is asked of a gradient before it is exchanged.</summary>
internal static class Gradients
{
    public static ModelException Missing(string parameter) => new(
        $"Parameter '{parameter}' got no gradient: the loss does not depend on it in this step. "
        + "Use it in forward, or do not register it in the model.");

    public static void CheckKind(string parameter, Tensor gradient)
    {
        if (gradient.is_sparse || gradient.dtype != ScalarType.Float32)
        {
            throw new ModelException(
                $"The gradient of parameter '{parameter}' is {(gradient.is_sparse ? "sparse" : gradient.dtype.ToString())}: expected dense float32.");
        }
    }
}

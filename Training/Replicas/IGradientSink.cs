namespace OrleansTrain.Training.Replicas;

/// <summary>Is told of gradients that are complete while the backward pass still runs. Called by the rank's own thread, inside that pass.</summary>
public interface IGradientSink
{
    /// <summary>A parameter's gradient will not change any more in this step.</summary>
    /// <param name="slot">Index of the parameter in the layout.</param>
    /// <param name="gradient">Its first element: contiguous float32 in host memory, the one that <c>ForwardBackward</c> returns at the end.</param>
    void Ready(int slot, nint gradient);
}

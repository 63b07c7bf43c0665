namespace OrleansTrain.Training.Replicas;

/// <summary>
/// How one model's parameters and gradients meet the flat buffer of the exchange, which is always host memory.
/// Used by the rank's thread alone.
/// </summary>
internal interface IParameterBinding : IDisposable
{
    /// <summary>Drops the gradients of the step before, so that autograd hands over its own buffers instead of adding into them.</summary>
    void ClearGradients();

    /// <summary>
    /// After <c>backward()</c>: one pointer a parameter in layout order, contiguous float32 in host memory,
    /// valid until <see cref="ClearGradients"/> or the end of the binding, whatever becomes of the dispose scope this is called in.
    /// </summary>
    /// <exception cref="ModelException">A parameter has no gradient, or not one that can be exchanged.</exception>
    ReadOnlySpan<nint> CollectGradients();

    /// <summary>
    /// Within <c>backward()</c>: the gradient of one parameter, as <see cref="CollectGradients"/> will give it.
    /// </summary>
    /// <returns>False while it has not got one, or when it had one at the last call; always false where gradients are not in host memory.</returns>
    bool TryCollect(int slot, out nint gradient);

    /// <summary>The flat buffer has changed: the model's parameters follow.</summary>
    void ParametersChanged();
}

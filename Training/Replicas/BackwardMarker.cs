using static TorchSharp.torch;

namespace OrleansTrain.Training.Replicas;

/// <summary>
/// An identity whose backward pass tells that autograd has come by. TorchSharp has no hook on a gradient; a marker on a module's input is passed
/// after everything that the module did with that input, since autograd takes what was recorded last first.
/// </summary>
internal sealed class BackwardMarker : autograd.SingleTensorFunction<BackwardMarker>
{
    private const string Passed = "passed";

    /// <inheritdoc/>
    public override string Name => nameof(BackwardMarker);

    /// <summary>Marks a tensor: the same values and the same memory.</summary>
    /// <param name="passed">Called in the backward pass, on its thread.</param>
    public static Tensor Mark(Tensor input, Action passed) => apply(input, passed);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(Passed, vars[1]);
        return ((Tensor)vars[0]).alias();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ((Action)ctx.get_data(Passed))();
        return [grad_output, null!];
    }
}

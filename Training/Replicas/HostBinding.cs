using OrleansTrain.Training.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Replicas;

/// <summary>
/// A model on the CPU: its parameters are views of the flat buffer, so that an update of the buffer is an update of the model.
/// </summary>
internal sealed class HostBinding : IParameterBinding
{
    private readonly (string Name, Parameter Parameter)[] _parameters;
    private readonly nint[] _gradients;
    private bool _checkedKinds;

    /// <summary>Makes the parameters views of <paramref name="flat"/>, after copying their values in when <paramref name="copyValues"/>.</summary>
    public HostBinding((string Name, Parameter Parameter)[] parameters, ParameterLayout layout, Tensor flat, bool copyValues)
    {
        _parameters = parameters;
        _gradients = new nint[parameters.Length];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        for (var i = 0; i < parameters.Length; i++)
        {
            var slot = layout.Slots[i];
            var parameter = parameters[i].Parameter;
            var view = flat.narrow(0, slot.Offset, slot.Length).view(slot.Shape);
            if (copyValues)
            {
                view.copy_(parameter);
            }

            parameter.set_(view);
        }
    }

    /// <inheritdoc/>
    public void ClearGradients()
    {
        foreach (var (_, parameter) in _parameters)
        {
            parameter.grad = null;
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<nint> CollectGradients()
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            var (name, parameter) = _parameters[i];
            var gradient = parameter.grad ?? throw Gradients.Missing(name);
            if (!_checkedKinds)
            {
                Gradients.CheckKind(name, gradient);
            }

            if (gradient.is_contiguous())
            {
                // The parameter holds on to its memory; the wrapper is not needed.
                _gradients[i] = HostPointer.Of(gradient);
                gradient.Dispose();
            }
            else
            {
                // Lives as long as the step's dispose scope.
                _gradients[i] = HostPointer.Of(gradient.contiguous());
            }
        }

        _checkedKinds = true;
        return _gradients;
    }

    /// <inheritdoc/>
    public void ParametersChanged()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

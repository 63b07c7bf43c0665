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
    private readonly List<Tensor> _copies = [];
    private bool _checkedKinds;

    /// <summary>Makes the parameters views of <paramref name="flat"/>.</summary>
    public HostBinding((string Name, Parameter Parameter)[] parameters, ParameterLayout layout, Tensor flat)
    {
        _parameters = parameters;
        _gradients = new nint[parameters.Length];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        for (var i = 0; i < parameters.Length; i++)
        {
            var slot = layout.Slots[i];
            var parameter = parameters[i].Parameter;
            parameter.set_(flat.narrow(0, slot.Offset, slot.Length).view(slot.Shape));
        }
    }

    /// <inheritdoc/>
    public void ClearGradients()
    {
        Array.Clear(_gradients);
        foreach (var (_, parameter) in _parameters)
        {
            parameter.grad = null;
        }

        DropCopies();
    }

    /// <inheritdoc/>
    public bool TryCollect(int slot, out nint gradient)
    {
        gradient = 0;
        if (_gradients[slot] != 0 || _parameters[slot].Parameter.grad is not { } found)
        {
            return false;
        }

        gradient = _gradients[slot] = Collect(slot, found);
        return true;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<nint> CollectGradients()
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (_gradients[i] == 0)
            {
                var (name, parameter) = _parameters[i];
                _gradients[i] = Collect(i, parameter.grad ?? throw Gradients.Missing(name));
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
    public void Dispose() => DropCopies();

    private nint Collect(int slot, Tensor gradient)
    {
        if (!_checkedKinds)
        {
            Gradients.CheckKind(_parameters[slot].Name, gradient);
        }

        if (!gradient.is_contiguous())
        {
            // Like the gradient itself, needed for longer than the step's dispose scope may live.
            var copy = gradient.contiguous().DetachFromDisposeScope();
            _copies.Add(copy);
            return HostPointer.Of(copy);
        }

        // The parameter holds on to its memory; the wrapper is not needed.
        var pointer = HostPointer.Of(gradient);
        gradient.Dispose();
        return pointer;
    }

    private void DropCopies()
    {
        foreach (var copy in _copies)
        {
            copy.Dispose();
        }

        _copies.Clear();
    }
}

using OrleansTrain.Training.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Replicas;

/// <summary>
/// A model on a GPU: its parameters are views of a flat buffer there; gradients go to the host, and parameters come back,
/// through pinned memory in one transfer each. Not run where this was written: there was no GPU.
/// </summary>
internal sealed class DeviceBinding : IParameterBinding
{
    private readonly (string Name, Parameter Parameter)[] _parameters;
    private readonly ParameterLayout _layout;
    private readonly Tensor _host;
    private readonly Tensor _pinnedParameters;
    private readonly Tensor _pinnedGradients;
    private readonly Tensor _deviceParameters;
    private readonly Tensor _deviceGradients;
    private readonly nint[] _gradients;
    private bool _checkedKinds;

    /// <summary>Moves the parameters into a flat buffer on <paramref name="device"/>.</summary>
    /// <param name="flat">The exchange's buffer, on the host; values come from there.</param>
    public DeviceBinding((string Name, Parameter Parameter)[] parameters, ParameterLayout layout, Tensor flat, Device device)
    {
        _parameters = parameters;
        _layout = layout;
        _host = flat;
        using var noGrad = no_grad();
        using (var scope = NewDisposeScope())
        {
            _pinnedParameters = zeros(layout.Length).pin_memory().DetachFromDisposeScope();
            _pinnedGradients = zeros(layout.Length).pin_memory().DetachFromDisposeScope();
            _deviceParameters = zeros(layout.Length, device: device).DetachFromDisposeScope();
            _deviceGradients = zeros(layout.Length, device: device).DetachFromDisposeScope();
            for (var i = 0; i < parameters.Length; i++)
            {
                var slot = layout.Slots[i];
                var parameter = parameters[i].Parameter;
                var view = _deviceParameters.narrow(0, slot.Offset, slot.Length).view(slot.Shape);
                parameter.set_(view);
            }
        }

        var gradients = HostPointer.Of(_pinnedGradients);
        _gradients = [.. layout.Slots.Select(slot => gradients + (nint)(slot.Offset * sizeof(float)))];
        ParametersChanged();
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
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < _parameters.Length; i++)
        {
            var (name, parameter) = _parameters[i];
            var gradient = parameter.grad ?? throw Gradients.Missing(name);
            if (!_checkedKinds)
            {
                Gradients.CheckKind(name, gradient);
            }

            var slot = _layout.Slots[i];
            _deviceGradients.narrow(0, slot.Offset, slot.Length).copy_(gradient.reshape(-1));
        }

        _checkedKinds = true;
        // TorchSharp's copy_ returns when the bytes have arrived.
        _pinnedGradients.copy_(_deviceGradients);
        return _gradients;
    }

    /// <inheritdoc/>
    public bool TryCollect(int slot, out nint gradient)
    {
        gradient = 0;
        return false;
    }

    /// <inheritdoc/>
    public void ParametersChanged()
    {
        using var noGrad = no_grad();
        _pinnedParameters.copy_(_host);
        _deviceParameters.copy_(_pinnedParameters);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pinnedParameters.Dispose();
        _pinnedGradients.Dispose();
        _deviceParameters.Dispose();
        _deviceGradients.Dispose();
    }
}

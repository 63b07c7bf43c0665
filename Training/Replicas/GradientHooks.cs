using static TorchSharp.torch;

namespace OrleansTrain.Training.Replicas;

/// <summary>
/// Looks after each layer, while the backward pass runs, which of its parameters have got their gradient. Autograd gives a parameter its gradient
/// once, when all its uses have been gone through: a gradient that is there is complete, however the parameter is used.
/// </summary>
/// <remarks>
/// Layers are TorchSharp's own modules of one tensor that have parameters and are used by <c>call</c>; those that are used by <c>forward</c>
/// run no hooks, and their gradients are ready when the pass has ended. Used by the rank's thread alone.
/// </remarks>
internal sealed class GradientHooks
{
    private readonly Action<int> _look;
    private bool _active;

    /// <param name="names">The names of the model's parameters in layout order.</param>
    /// <param name="look">Called with the index of a parameter that may have got its gradient.</param>
    public GradientHooks(nn.Module model, IEnumerable<string> names, Action<int> look)
    {
        _look = look;
        var slots = names.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        foreach (var (path, module) in model.named_modules())
        {
            if (module is not nn.Module<Tensor, Tensor> layer || !IsLibrary(layer))
            {
                continue;
            }

            // In the order that the backward pass is likely to take. A parameter that two layers share has the name of the first alone.
            int[] own = [.. layer.named_parameters(recurse: false).Reverse()
                .Select(entry => slots.GetValueOrDefault($"{path}.{entry.name}", -1)).Where(slot => slot >= 0)];
            if (own.Length > 0)
            {
                var passed = () => Look(own);
                layer.register_forward_pre_hook((_, input) => _active && input.requires_grad ? BackwardMarker.Mark(input, passed) : input);
            }
        }
    }

    /// <summary>Until it is disposed, forward passes are marked.</summary>
    public Marking Begin()
    {
        _active = true;
        return new Marking(this);
    }

    // A module of the user's own may change its input in place, which a marked tensor does not allow.
    private static bool IsLibrary(nn.Module module) => module.GetType().Assembly == typeof(nn).Assembly;

    private void Look(int[] slots)
    {
        foreach (var slot in slots)
        {
            _look(slot);
        }
    }

    /// <summary>Ends the marking.</summary>
    public readonly ref struct Marking(GradientHooks? owner)
    {
        public void Dispose()
        {
            if (owner is not null)
            {
                owner._active = false;
            }
        }
    }
}

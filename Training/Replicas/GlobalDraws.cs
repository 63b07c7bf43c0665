using OrleansTrain.Training.Native;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Replicas;

/// <summary>
/// Whether one rank's model draws from libtorch's process-wide generator, and the rank's own state of it if so.
/// A pass that draws, or may draw, has the generator to itself with that state in it: the numbers are the rank's, whoever else is on the silo.
/// </summary>
internal sealed class GlobalDraws : IDisposable
{
    private readonly long _seed;
    private Tensor? _state;
    private bool _probe = true;

    public GlobalDraws(long seed) => _seed = seed;

    /// <summary>The model was seen to draw.</summary>
    public bool Found { get; private set; }

    /// <summary>The rank's state of the generator; null while it was never needed. Stays this object's.</summary>
    public Tensor? State => Found ? _state : null;

    /// <summary>The next pass is watched.</summary>
    public void ProbeNext() => _probe = true;

    /// <summary>Continues from a checkpoint's state, or from none.</summary>
    public void Restore(Tensor? state)
    {
        _state?.Dispose();
        if (state is not null)
        {
            GeneratorState.Check(state);
        }

        _state = state?.clone().DetachFromDisposeScope();
        Found = state is not null;
        _probe = true;
    }

    /// <summary>Held around a forward and backward pass.</summary>
    public Pass Enter()
    {
        if (!_probe && !Found)
        {
            return default;
        }

        GlobalGenerator.Lock.Enter();
        if (_state is null)
        {
            GlobalGenerator.Seed(_seed);
            _state = GlobalGenerator.GetState().DetachFromDisposeScope();
        }
        else
        {
            GlobalGenerator.SetState(_state);
        }

        return new Pass(this);
    }

    public void Dispose()
    {
        _state?.Dispose();
        _state = null;
    }

    private void Leave()
    {
        try
        {
            var after = GlobalGenerator.GetState().DetachFromDisposeScope();
            Found |= !after.bytes.SequenceEqual(_state!.bytes);
            _state.Dispose();
            _state = after;
            _probe = false;
        }
        finally
        {
            GlobalGenerator.Lock.Exit();
        }
    }

    /// <summary>Gives the generator back.</summary>
    public readonly ref struct Pass(GlobalDraws? owner)
    {
        public void Dispose() => owner?.Leave();
    }
}

using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary>
/// What all optimizers share: the state arrays and the step count. A subclass sets the constants of a step in <see cref="Prepare"/> and runs its
/// kernel in <see cref="Update"/>. Formulas and state names are PyTorch's, operation by operation, so that the bits are torch's.
/// </summary>
internal abstract unsafe class FlatOptimizer(long length, params IReadOnlyList<string> names) : IFlatOptimizer
{
    private readonly OptimizerState _state = new(length, names);

    public long Length => length;

    public IReadOnlyList<string> StateNames => names;

    public long Steps { get; set; }

    public float* State(string name) => _state[name];

    public void MoveState(float* memory, long offset, long count) => _state.Move(memory, offset, count);

    public void BeginStep(double learningRate)
    {
        Steps++;
        Prepare(learningRate);
    }

    public abstract void Update(float* parameters, float* gradient, long offset, long count);

    public void Dispose() => _state.Dispose();

    /// <summary>Computes what is the same for all elements of step <see cref="Steps"/>, which is 1 for the first.</summary>
    protected abstract void Prepare(double learningRate);

    /// <summary>Element <paramref name="offset"/> of the state array with this number.</summary>
    protected float* State(int index, long offset) => _state[index] + offset;

    /// <summary>Sets a whole state array.</summary>
    protected void Fill(int index, float value)
    {
        var array = _state[index];
        for (long i = 0; i < length; i++)
        {
            array[i] = value;
        }
    }
}

/// <summary>What the gradient is before the optimizer proper: negated to climb, plus the L2 penalty.</summary>
internal readonly struct GradientForm(bool maximize, double weightDecay)
{
    private readonly float _sign = maximize ? -1f : 1f;
    private readonly float _decay = (float)weightDecay;

    /// <summary><c>±gradient + weight_decay * parameter</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Of<TLanes>(TLanes gradient, TLanes parameter)
        where TLanes : struct, ILanes<TLanes>
    {
        var signed = gradient * TLanes.Splat(_sign);
        return _decay == 0 ? signed : TLanes.MultiplyAdd(parameter, TLanes.Splat(_decay), signed);
    }
}

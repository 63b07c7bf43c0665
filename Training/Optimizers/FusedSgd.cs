using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary>
/// Stochastic gradient descent with momentum, bit for bit <c>torch.optim.SGD</c>: torch's <c>add(x, alpha)</c> is a fused multiply-add,
/// and the first step sets the momentum buffer to the gradient, without dampening.
/// </summary>
internal sealed unsafe class FusedSgd(SgdSettings settings, long length) : IFlatOptimizer
{
    private const string MomentumBuffer = "momentum_buffer";

    private readonly OptimizerState _state = new(length, settings.Momentum != 0 ? [MomentumBuffer] : []);
    private float _step;

    public long Length => length;

    public IReadOnlyList<string> StateNames => _state.Names;

    public long Steps { get; set; }

    public float* State(string name) => _state[name];

    public void BeginStep(double learningRate)
    {
        Steps++;
        _step = (float)-learningRate;
    }

    public void Update(float* parameters, float* gradient, long offset, long count)
    {
        var sign = settings.Maximize ? -1f : 1f;
        var decay = (float)settings.WeightDecay;
        if (settings.Momentum == 0)
        {
            ElementKernels.Run(new Plain(parameters, gradient, sign, decay, _step), count);
            return;
        }

        var buffer = _state[0] + offset;
        var momentum = (float)settings.Momentum;
        if (Steps == 1)
        {
            ElementKernels.Run(new FirstMomentum(parameters, gradient, buffer, sign, decay, settings.Nesterov ? momentum : null, _step), count);
            return;
        }

        var gain = (float)(1 - settings.Dampening);
        ElementKernels.Run(new WithMomentum(parameters, gradient, buffer, sign, decay, momentum, gain, settings.Nesterov, _step), count);
    }

    public void Dispose() => _state.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Decayed<TLanes>(TLanes parameter, float* gradient, float sign, float decay)
        where TLanes : struct, ILanes<TLanes>
    {
        var signed = TLanes.Load(gradient) * TLanes.Splat(sign);
        return decay == 0 ? signed : TLanes.MultiplyAdd(parameter, TLanes.Splat(decay), signed);
    }

    private readonly struct Plain(float* parameters, float* gradient, float sign, float decay, float step) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = Decayed(parameter, gradient + index, sign, decay);
            TLanes.MultiplyAdd(direction, TLanes.Splat(step), parameter).Store(parameters + index);
        }
    }

    private readonly struct FirstMomentum(
        float* parameters, float* gradient, float* buffer, float sign, float decay, float? nesterov, float step) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = Decayed(parameter, gradient + index, sign, decay);
            direction.Store(buffer + index);
            if (nesterov is { } momentum)
            {
                direction = TLanes.MultiplyAdd(direction, TLanes.Splat(momentum), direction);
            }

            TLanes.MultiplyAdd(direction, TLanes.Splat(step), parameter).Store(parameters + index);
        }
    }

    private readonly struct WithMomentum(
        float* parameters, float* gradient, float* buffer, float sign, float decay, float momentum, float gain, bool nesterov, float step)
        : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = Decayed(parameter, gradient + index, sign, decay);
            var moving = TLanes.MultiplyAdd(direction, TLanes.Splat(gain), TLanes.Load(buffer + index) * TLanes.Splat(momentum));
            moving.Store(buffer + index);
            var change = nesterov ? TLanes.MultiplyAdd(moving, TLanes.Splat(momentum), direction) : moving;
            TLanes.MultiplyAdd(change, TLanes.Splat(step), parameter).Store(parameters + index);
        }
    }
}

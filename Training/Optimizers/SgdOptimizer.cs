using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary>
/// Stochastic gradient descent with momentum: <c>torch.optim.SGD</c>. The first step sets the momentum buffer to the gradient, without dampening.
/// </summary>
internal sealed unsafe class SgdOptimizer(SettingValues values, long length)
    : FlatOptimizer(length, values["momentum"] != 0 ? ["momentum_buffer"] : [])
{
    private readonly GradientForm _form = new(values.Flag("maximize"), values["weight_decay"]);
    private readonly float _momentum = (float)values["momentum"];
    private readonly float _gain = (float)(1 - values["dampening"]);
    private readonly bool _nesterov = values.Flag("nesterov");
    private float _step;

    public override void Update(float* parameters, float* gradient, long offset, long count)
    {
        if (_momentum == 0)
        {
            ElementKernels.Run(new Plain(parameters, gradient, _form, _step), count);
            return;
        }

        var buffer = State(0, offset);
        if (Steps == 1)
        {
            ElementKernels.Run(new FirstMomentum(parameters, gradient, buffer, _form, _momentum, _nesterov, _step), count);
        }
        else
        {
            ElementKernels.Run(new WithMomentum(parameters, gradient, buffer, _form, _momentum, _gain, _nesterov, _step), count);
        }
    }

    protected override void Prepare(double learningRate) => _step = (float)-learningRate;

    private readonly struct Plain(float* parameters, float* gradient, GradientForm form, float step) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            TorchOperations.Add(parameter, direction, step).Store(parameters + index);
        }
    }

    private readonly struct FirstMomentum(
        float* parameters, float* gradient, float* buffer, GradientForm form, float momentum, bool nesterov, float step) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            direction.Store(buffer + index);
            var change = nesterov ? TorchOperations.Add(direction, direction, momentum) : direction;
            TorchOperations.Add(parameter, change, step).Store(parameters + index);
        }
    }

    private readonly struct WithMomentum(
        float* parameters, float* gradient, float* buffer, GradientForm form, float momentum, float gain, bool nesterov, float step)
        : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            var moving = TorchOperations.Average(TLanes.Load(buffer + index), direction, momentum, gain);
            moving.Store(buffer + index);
            var change = nesterov ? TorchOperations.Add(direction, moving, momentum) : moving;
            TorchOperations.Add(parameter, change, step).Store(parameters + index);
        }
    }
}

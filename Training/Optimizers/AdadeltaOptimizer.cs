using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary><c>torch.optim.Adadelta</c> (Zeiler, 2012).</summary>
internal sealed unsafe class AdadeltaOptimizer(SettingValues values, long length) : FlatOptimizer(length, "square_avg", "acc_delta")
{
    private readonly GradientForm _form = new(values.Flag("maximize"), values["weight_decay"]);
    private readonly float _rho = (float)values["rho"];
    private readonly float _gain = (float)(1 - values["rho"]);
    private readonly float _eps = (float)values["eps"];
    private float _step;

    public override void Update(float* parameters, float* gradient, long offset, long count) =>
        ElementKernels.Run(new Kernel(parameters, gradient, State(0, offset), State(1, offset), _form, _rho, _gain, _eps, _step), count);

    protected override void Prepare(double learningRate) => _step = (float)-learningRate;

    private readonly struct Kernel(
        float* parameters, float* gradient, float* squares, float* deltas, GradientForm form, float rho, float gain, float eps, float step)
        : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            var square = TorchOperations.AverageSquare(TLanes.Load(squares + index), direction, rho, gain);
            square.Store(squares + index);
            var accumulated = TLanes.Load(deltas + index);
            var deviation = TLanes.Sqrt(square + TLanes.Splat(eps));
            var delta = TLanes.Sqrt(accumulated + TLanes.Splat(eps)) / deviation * direction;
            TorchOperations.Add(parameter, delta, step).Store(parameters + index);
            TorchOperations.AverageSquare(accumulated, delta, rho, gain).Store(deltas + index);
        }
    }
}

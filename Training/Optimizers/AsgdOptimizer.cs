using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary>
/// <c>torch.optim.ASGD</c> (Polyak and Juditsky, 1992). The decayed step size is computed from the learning rate of the step itself; torch takes
/// the one of the step before, which differs only where a schedule has just changed it. So it is no state.
/// </summary>
internal sealed unsafe class AsgdOptimizer(SettingValues values, long length) : FlatOptimizer(length, "ax")
{
    private readonly GradientForm _form = new(values.Flag("maximize"), values["weight_decay"]);
    private readonly (double Lambda, double Alpha, double Start) _settings = (values["lambd"], values["alpha"], values["t0"]);
    private float _keep;
    private float _step;
    private float _gain;

    public override void Update(float* parameters, float* gradient, long offset, long count) =>
        ElementKernels.Run(new Kernel(parameters, gradient, State(0, offset), _form, _keep, _step, _gain), count);

    protected override void Prepare(double learningRate)
    {
        var eta = learningRate / Math.Pow(1 + (_settings.Lambda * learningRate * (Steps - 1)), _settings.Alpha);
        _keep = (float)(1 - (_settings.Lambda * eta));
        _step = (float)-eta;
        _gain = (float)(1 / Math.Max(1, Steps - 1 - _settings.Start));
    }

    private readonly struct Kernel(float* parameters, float* gradient, float* averages, GradientForm form, float keep, float step, float gain)
        : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            parameter = TorchOperations.Add(parameter * TLanes.Splat(keep), direction, step);
            parameter.Store(parameters + index);
            var average = TLanes.Load(averages + index);
            (gain == 1 ? parameter : average + ((parameter - average) * TLanes.Splat(gain))).Store(averages + index);
        }
    }
}

using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary><c>torch.optim.Adamax</c> (Kingma and Ba, 2015, section 7).</summary>
internal sealed unsafe class AdamaxOptimizer(SettingValues values, long length) : FlatOptimizer(length, "exp_avg", "exp_inf")
{
    private readonly GradientForm _form = new(values.Flag("maximize"), values["weight_decay"]);
    private readonly double _beta1 = values["beta1"];
    private readonly float _beta2 = (float)values["beta2"];
    private readonly float _eps = (float)values["eps"];
    private float _step;

    public override void Update(float* parameters, float* gradient, long offset, long count) =>
        ElementKernels.Run(
            new Kernel(parameters, gradient, State(0, offset), State(1, offset), _form, (float)_beta1, (float)(1 - _beta1), _beta2, _eps, _step),
            count);

    protected override void Prepare(double learningRate) => _step = (float)-(learningRate / (1 - Math.Pow(_beta1, Steps)));

    private readonly struct Kernel(
        float* parameters, float* gradient, float* averages, float* norms, GradientForm form, float beta1, float gain, float beta2, float eps,
        float step) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            var average = TorchOperations.Average(TLanes.Load(averages + index), direction, beta1, gain);
            average.Store(averages + index);
            var norm = TLanes.Max(TLanes.Load(norms + index) * TLanes.Splat(beta2), TLanes.Abs(direction) + TLanes.Splat(eps));
            norm.Store(norms + index);
            TorchOperations.AddCdiv(parameter, average, norm, step).Store(parameters + index);
        }
    }
}

using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary><c>torch.optim.Adagrad</c> (Duchi, Hazan and Singer, 2011).</summary>
internal sealed unsafe class AdagradOptimizer : FlatOptimizer
{
    private readonly GradientForm _form;
    private readonly double _decay;
    private readonly float _eps;
    private float _step;

    public AdagradOptimizer(SettingValues values, long length)
        : base(length, "sum")
    {
        _form = new GradientForm(values.Flag("maximize"), values["weight_decay"]);
        _decay = values["lr_decay"];
        _eps = (float)values["eps"];
        Fill(0, (float)values["initial_accumulator_value"]);
    }

    public override void Update(float* parameters, float* gradient, long offset, long count) =>
        ElementKernels.Run(new Kernel(parameters, gradient, State(0, offset), _form, _eps, _step), count);

    protected override void Prepare(double learningRate) => _step = (float)-(learningRate / (1 + ((Steps - 1) * _decay)));

    private readonly struct Kernel(float* parameters, float* gradient, float* sums, GradientForm form, float eps, float step) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            var sum = TorchOperations.AddCmul(TLanes.Load(sums + index), direction, direction, 1);
            sum.Store(sums + index);
            TorchOperations.AddCdiv(parameter, direction, TLanes.Sqrt(sum) + TLanes.Splat(eps), step).Store(parameters + index);
        }
    }
}

using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary><c>torch.optim.NAdam</c> (Dozat, 2016). The product of momentum coefficients follows from the step count and is no state.</summary>
internal sealed unsafe class NAdamOptimizer(SettingValues values, long length) : FlatOptimizer(length, "exp_avg", "exp_avg_sq")
{
    private readonly GradientForm _form = new(values.Flag("maximize"), values["weight_decay"]);
    private readonly (double First, double Second) _beta = (values["beta1"], values["beta2"]);
    private readonly double _momentumDecay = values["momentum_decay"];
    private readonly float _eps = (float)values["eps"];
    private double _product = 1;
    private long _productSteps;
    private float _correction;
    private float _gradientStep;
    private float _averageStep;

    public override void Update(float* parameters, float* gradient, long offset, long count)
    {
        var (beta1, beta2) = ((float)_beta.First, (float)_beta.Second);
        var (gain1, gain2) = ((float)(1 - _beta.First), (float)(1 - _beta.Second));
        ElementKernels.Run(
            new Kernel(
                parameters, gradient, State(0, offset), State(1, offset), _form, beta1, gain1, beta2, gain2, _eps, _correction, _gradientStep, _averageStep),
            count);
    }

    protected override void Prepare(double learningRate)
    {
        var product = Product();
        var next = Momentum(Steps + 1);
        _correction = (float)(1 - Math.Pow(_beta.Second, Steps));
        _gradientStep = (float)(-learningRate * (1 - Momentum(Steps)) / (1 - product));
        _averageStep = (float)(-learningRate * next / (1 - (product * next)));
    }

    private double Momentum(long step) => _beta.First * (1.0 - (0.5 * Math.Pow(0.96, step * _momentumDecay)));

    /// <summary>The coefficients of steps 1 to <see cref="FlatOptimizer.Steps"/> multiplied in that order; from the start after a restore.</summary>
    private double Product()
    {
        if (_productSteps >= Steps)
        {
            (_product, _productSteps) = (1, 0);
        }

        while (_productSteps < Steps)
        {
            _product *= Momentum(++_productSteps);
        }

        return _product;
    }

    private readonly struct Kernel(
        float* parameters, float* gradient, float* averages, float* squares, GradientForm form, float beta1, float gain1, float beta2, float gain2,
        float eps, float correction, float gradientStep, float averageStep) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            var average = TorchOperations.Average(TLanes.Load(averages + index), direction, beta1, gain1);
            average.Store(averages + index);
            var square = TorchOperations.AverageSquare(TLanes.Load(squares + index), direction, beta2, gain2);
            square.Store(squares + index);
            var scale = TLanes.Sqrt(square / TLanes.Splat(correction)) + TLanes.Splat(eps);
            var half = TorchOperations.AddCdiv(parameter, direction, scale, gradientStep);
            TorchOperations.AddCdiv(half, average, scale, averageStep).Store(parameters + index);
        }
    }
}

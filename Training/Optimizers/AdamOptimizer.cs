using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary>
/// <c>torch.optim.Adam</c> (Kingma and Ba, 2015), and with decoupled weight decay <c>torch.optim.AdamW</c> (Loshchilov and Hutter, 2019).
/// </summary>
internal sealed unsafe class AdamOptimizer(SettingValues values, long length, bool decoupled)
    : FlatOptimizer(length, values.Flag("amsgrad") ? ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] : ["exp_avg", "exp_avg_sq"])
{
    private readonly GradientForm _form = new(values.Flag("maximize"), decoupled ? 0 : values["weight_decay"]);
    private readonly (double First, double Second) _beta = (values["beta1"], values["beta2"]);
    private readonly double _weightDecay = decoupled ? values["weight_decay"] : 0;
    private readonly bool _amsgrad = values.Flag("amsgrad");
    private readonly float _eps = (float)values["eps"];
    private Constants _constants;

    public override void Update(float* parameters, float* gradient, long offset, long count)
    {
        var maximum = _amsgrad ? State(2, offset) : null;
        ElementKernels.Run(new Kernel(parameters, gradient, State(0, offset), State(1, offset), maximum, _form, _constants), count);
    }

    protected override void Prepare(double learningRate) => _constants = new Constants
    {
        Keep = (float)(1 - (learningRate * _weightDecay)),
        FirstDecay = (float)_beta.First,
        FirstGain = (float)(1 - _beta.First),
        SecondDecay = (float)_beta.Second,
        SecondGain = (float)(1 - _beta.Second),
        Correction = (float)Math.Sqrt(1 - Math.Pow(_beta.Second, Steps)),
        Eps = _eps,
        Step = (float)-(learningRate / (1 - Math.Pow(_beta.First, Steps))),
    };

    /// <summary>What is the same for all elements of a step.</summary>
    private readonly struct Constants
    {
        public float Keep { get; init; }

        public float FirstDecay { get; init; }

        public float FirstGain { get; init; }

        public float SecondDecay { get; init; }

        public float SecondGain { get; init; }

        public float Correction { get; init; }

        public float Eps { get; init; }

        public float Step { get; init; }
    }

    private readonly struct Kernel(
        float* parameters, float* gradient, float* first, float* second, float* maximum, GradientForm form, Constants constants) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            var average = TorchOperations.Average(TLanes.Load(first + index), direction, constants.FirstDecay, constants.FirstGain);
            average.Store(first + index);
            var square = TorchOperations.AverageSquare(TLanes.Load(second + index), direction, constants.SecondDecay, constants.SecondGain);
            square.Store(second + index);
            if (maximum != null)
            {
                square = TLanes.Max(TLanes.Load(maximum + index), square);
                square.Store(maximum + index);
            }

            var scale = (TLanes.Sqrt(square) / TLanes.Splat(constants.Correction)) + TLanes.Splat(constants.Eps);
            TorchOperations.AddCdiv(parameter * TLanes.Splat(constants.Keep), average, scale, constants.Step).Store(parameters + index);
        }
    }
}

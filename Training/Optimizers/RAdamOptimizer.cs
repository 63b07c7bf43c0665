using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary>
/// <c>torch.optim.RAdam</c> (Liu et al., 2020), as PyTorch has it: TorchSharp's multiplies by the learning rate twice once it rectifies.
/// </summary>
internal sealed unsafe class RAdamOptimizer(SettingValues values, long length) : FlatOptimizer(length, "exp_avg", "exp_avg_sq")
{
    private readonly GradientForm _form = new(values.Flag("maximize"), values["weight_decay"]);
    private readonly (double First, double Second) _beta = (values["beta1"], values["beta2"]);
    private readonly float _eps = (float)values["eps"];
    private Constants _constants;

    public override void Update(float* parameters, float* gradient, long offset, long count) =>
        ElementKernels.Run(new Kernel(parameters, gradient, State(0, offset), State(1, offset), _form, _constants), count);

    protected override void Prepare(double learningRate)
    {
        var correction = 1 - Math.Pow(_beta.Second, Steps);
        var limit = (2 / (1 - _beta.Second)) - 1;
        var length = limit - (2 * Steps * Math.Pow(_beta.Second, Steps) / correction);
        var rectified = length > 5;
        _constants = new Constants
        {
            FirstDecay = (float)_beta.First,
            FirstGain = (float)(1 - _beta.First),
            SecondDecay = (float)_beta.Second,
            SecondGain = (float)(1 - _beta.Second),
            Correction = (float)(1 - Math.Pow(_beta.First, Steps)),
            LearningRate = (float)learningRate,
            Eps = _eps,
            Rectified = rectified,
            SquareCorrection = (float)Math.Sqrt(correction),
            Rectification = rectified
                ? (float)Math.Sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length))
                : 0,
        };
    }

    /// <summary>What is the same for all elements of a step.</summary>
    private readonly struct Constants
    {
        public float FirstDecay { get; init; }

        public float FirstGain { get; init; }

        public float SecondDecay { get; init; }

        public float SecondGain { get; init; }

        public float Correction { get; init; }

        public float LearningRate { get; init; }

        public float Eps { get; init; }

        public bool Rectified { get; init; }

        public float SquareCorrection { get; init; }

        public float Rectification { get; init; }
    }

    private readonly struct Kernel(float* parameters, float* gradient, float* averages, float* squares, GradientForm form, Constants constants)
        : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            var average = TorchOperations.Average(TLanes.Load(averages + index), direction, constants.FirstDecay, constants.FirstGain);
            average.Store(averages + index);
            var square = TorchOperations.AverageSquare(TLanes.Load(squares + index), direction, constants.SecondDecay, constants.SecondGain);
            square.Store(squares + index);
            var change = average / TLanes.Splat(constants.Correction) * TLanes.Splat(constants.LearningRate);
            if (constants.Rectified)
            {
                // A number divided by a tensor is, to torch, the tensor's reciprocal times the number.
                var reciprocal = TLanes.Splat(1) / (TLanes.Sqrt(square) + TLanes.Splat(constants.Eps));
                var adaptive = reciprocal * TLanes.Splat(constants.SquareCorrection);
                change = change * adaptive * TLanes.Splat(constants.Rectification);
            }

            (parameter - change).Store(parameters + index);
        }
    }
}

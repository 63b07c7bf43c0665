using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary><c>torch.optim.RMSprop</c> (Tieleman and Hinton, 2012; centred: Graves, 2013).</summary>
internal sealed unsafe class RmsPropOptimizer : FlatOptimizer
{
    private readonly GradientForm _form;
    private readonly float _alpha;
    private readonly float _gain;
    private readonly float _eps;
    private readonly float _momentum;
    private readonly int _buffer;
    private readonly int _average;
    private float _step;

    public RmsPropOptimizer(SettingValues values, long length)
        : base(length, Names(values))
    {
        _form = new GradientForm(values.Flag("maximize"), values["weight_decay"]);
        _alpha = (float)values["alpha"];
        _gain = (float)(1 - values["alpha"]);
        _eps = (float)values["eps"];
        _momentum = (float)values["momentum"];
        _buffer = StateNames.ToList().IndexOf("momentum_buffer");
        _average = StateNames.ToList().IndexOf("grad_avg");
    }

    public override void Update(float* parameters, float* gradient, long offset, long count)
    {
        var buffer = _buffer < 0 ? null : State(_buffer, offset);
        var average = _average < 0 ? null : State(_average, offset);
        ElementKernels.Run(
            new Kernel(parameters, gradient, State(0, offset), buffer, average, _form, _alpha, _gain, _eps, _momentum, _step), count);
    }

    protected override void Prepare(double learningRate) => _step = (float)-learningRate;

    private static List<string> Names(SettingValues values)
    {
        List<string> names = ["square_avg"];
        if (values["momentum"] > 0)
        {
            names.Add("momentum_buffer");
        }

        if (values.Flag("centered"))
        {
            names.Add("grad_avg");
        }

        return names;
    }

    private readonly struct Kernel(
        float* parameters, float* gradient, float* squares, float* buffer, float* averages, GradientForm form,
        float alpha, float gain, float eps, float momentum, float step) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            var square = TorchOperations.AverageSquare(TLanes.Load(squares + index), direction, alpha, gain);
            square.Store(squares + index);
            if (averages != null)
            {
                var average = TorchOperations.Average(TLanes.Load(averages + index), direction, alpha, gain);
                average.Store(averages + index);
                square = TorchOperations.AddCmul(square, average, average, -1);
            }

            var scale = TLanes.Sqrt(square) + TLanes.Splat(eps);
            if (buffer == null)
            {
                TorchOperations.AddCdiv(parameter, direction, scale, step).Store(parameters + index);
                return;
            }

            var moving = TorchOperations.AddCdiv(TLanes.Load(buffer + index) * TLanes.Splat(momentum), direction, scale, 1);
            moving.Store(buffer + index);
            TorchOperations.Add(parameter, moving, step).Store(parameters + index);
        }
    }
}

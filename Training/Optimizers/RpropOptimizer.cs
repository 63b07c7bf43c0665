using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary><c>torch.optim.Rprop</c> (Riedmiller and Braun, 1993). The first step begins with the learning rate as step size.</summary>
internal sealed unsafe class RpropOptimizer(SettingValues values, long length) : FlatOptimizer(length, "prev", "step_size")
{
    private readonly GradientForm _form = new(values.Flag("maximize"), 0);
    private readonly float _shrink = (float)values["etaminus"];
    private readonly float _grow = (float)values["etaplus"];
    private readonly float _least = (float)values["min_step"];
    private readonly float _most = (float)values["max_step"];

    public override void Update(float* parameters, float* gradient, long offset, long count) =>
        ElementKernels.Run(
            new Kernel(parameters, gradient, State(0, offset), State(1, offset), _form, _shrink, _grow, _least, _most), count);

    protected override void Prepare(double learningRate)
    {
        if (Steps == 1)
        {
            Fill(1, (float)learningRate);
        }
    }

    private readonly struct Kernel(
        float* parameters, float* gradient, float* previous, float* sizes, GradientForm form, float shrink, float grow, float least, float most)
        : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var (zero, one) = (TLanes.Splat(0), TLanes.Splat(1));
            var parameter = TLanes.Load(parameters + index);
            var direction = form.Of(TLanes.Load(gradient + index), parameter);
            var agreement = direction * TLanes.Load(previous + index);
            var factor = TLanes.BySign(agreement, TLanes.Splat(grow), one, TLanes.Splat(shrink));
            var size = TLanes.Min(TLanes.Max(TLanes.Load(sizes + index) * factor, TLanes.Splat(least)), TLanes.Splat(most));
            size.Store(sizes + index);
            var kept = TLanes.BySign(agreement, direction, direction, zero);
            kept.Store(previous + index);
            var sign = TLanes.BySign(kept, one, zero, TLanes.Splat(-1));
            TorchOperations.AddCmul(parameter, sign, size, -1).Store(parameters + index);
        }
    }
}

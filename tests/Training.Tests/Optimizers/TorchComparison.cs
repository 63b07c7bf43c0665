using System.Runtime.InteropServices;
using OrleansTrain.Training.Optimizers;
using TorchSharp;
using TorchSharp.Modules;

namespace OrleansTrain.Training.Tests.Optimizers;

/// <summary>Runs one of our optimizers and one of torch's side by side on the same random gradients and compares every bit.</summary>
internal static unsafe class TorchComparison
{
    /// <summary>More than one vector and a remainder; torch has other code for either.</summary>
    private const int Length = 4099;

    /// <summary>The largest distance of a parameter between the two after any step, in units of the last place.</summary>
    public static long LargestDistance(OptimizerSettings settings, Func<Parameter, torch.optim.Optimizer> torchs, int steps = 60)
    {
        using var scope = torch.NewDisposeScope();
        var random = new Random(5);
        var ours = Numbers(random);
        using var parameter = new Parameter(torch.tensor(ours));
        using var optimizer = torchs(parameter);
        using var flat = OptimizerCatalog.Create(settings, Length);
        long distance = 0;
        for (var step = 0; step < steps; step++)
        {
            var gradient = Numbers(random);
            parameter.grad = torch.tensor(gradient);
            optimizer.step();
            Update(flat, ours, gradient, settings.LearningRate);
            var theirs = MemoryMarshal.Cast<byte, float>(parameter.bytes);
            for (var i = 0; i < Length; i++)
            {
                distance = Math.Max(distance, Math.Abs(Ordered(ours[i]) - Ordered(theirs[i])));
            }
        }

        return distance;
    }

    /// <summary>
    /// The largest error of a single step, each step starting from torch's parameters, in units of the rounding that the step itself has:
    /// the last place of the parameter plus that of the largest change so far, which what is carried from step to step is rounded by.
    /// </summary>
    public static double LargestStepError(OptimizerSettings settings, Func<Parameter, torch.optim.Optimizer> torchs, int steps = 60)
    {
        using var scope = torch.NewDisposeScope();
        var random = new Random(5);
        using var parameter = new Parameter(torch.tensor(Numbers(random)));
        using var optimizer = torchs(parameter);
        using var flat = OptimizerCatalog.Create(settings, Length);
        double error = 0;
        var changes = new float[Length];
        for (var step = 0; step < steps; step++)
        {
            var before = MemoryMarshal.Cast<byte, float>(parameter.bytes).ToArray();
            var (ours, gradient) = (before.ToArray(), Numbers(random));
            parameter.grad = torch.tensor(gradient);
            optimizer.step();
            Update(flat, ours, gradient, settings.LearningRate);
            var theirs = MemoryMarshal.Cast<byte, float>(parameter.bytes);
            for (var i = 0; i < Length; i++)
            {
                changes[i] = MathF.Max(changes[i], MathF.Abs(theirs[i] - before[i]));
                var rounding = MathF.BitIncrement(MathF.Abs(theirs[i])) - MathF.Abs(theirs[i]) + (changes[i] * Math.Pow(2, -23));
                error = Math.Max(error, Math.Abs((double)ours[i] - theirs[i]) / rounding);
            }
        }

        return error;
    }

    /// <summary>A step in uneven parts, as an exchange takes it.</summary>
    public static void Update(IFlatOptimizer optimizer, float[] parameters, float[] gradient, double learningRate)
    {
        optimizer.BeginStep(learningRate);
        fixed (float* first = parameters, mean = gradient)
        {
            optimizer.Update(first + 1024, mean + 1024, 1024, parameters.Length - 1024);
            optimizer.Update(first, mean, 0, 1000);
            optimizer.Update(first + 1000, mean + 1000, 1000, 24);
        }
    }

    public static float[] Numbers(Random random) =>
        [.. Enumerable.Range(0, Length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 2))))];

    private static long Ordered(float value)
    {
        var bits = BitConverter.SingleToInt32Bits(value);
        return bits >= 0 ? bits : int.MinValue - (long)bits;
    }
}

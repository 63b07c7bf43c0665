using OrleansTrain.Training;

namespace OrleansTrain.Exchange.Tests.Support;

/// <summary>Parameters and gradients of a model that is not there: random, of widely different sizes, so that every order of adding shows.</summary>
internal static class SyntheticModel
{
    /// <summary>Odd lengths, a scalar, and more elements than a block.</summary>
    public static ParameterLayout Small { get; } = Layout([17, 3], [3], [], [2500], [1, 1, 33], [129, 65]);

    public static OptimizerSettings Sgd(double momentum = 0.9, double weightDecay = 0.01) =>
        new("sgd", 0.1, new Dictionary<string, double> { ["momentum"] = momentum, ["weight_decay"] = weightDecay });

    public static ParameterLayout Layout(params long[][] shapes) => ParameterLayout.Create(shapes.Select((shape, i) => ($"p{i}", shape)));

    public static float[] InitialParameters(ParameterLayout layout)
    {
        var random = new Random(1);
        var parameters = new float[layout.Length];
        foreach (var slot in layout.Slots)
        {
            for (var i = 0; i < slot.Length; i++)
            {
                parameters[slot.Offset + i] = Number(random);
            }
        }

        return parameters;
    }

    public static float[][] Gradients(ParameterLayout layout, int rank, long step)
    {
        var random = new Random(HashCode.Combine(7, rank, step));
        return [.. layout.Slots.Select(slot => Enumerable.Range(0, (int)slot.Length).Select(_ => Number(random)).ToArray())];
    }

    private static float Number(Random random) => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-4, 4)));
}

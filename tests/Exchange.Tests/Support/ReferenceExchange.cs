using OrleansTrain.Training;

namespace OrleansTrain.Exchange.Tests.Support;

/// <summary>
/// What an exchange must give, computed one element after the other by the definition: the tree over rank numbers, the mean, SGD with momentum.
/// Shares no code with the product.
/// </summary>
internal sealed class ReferenceExchange(ParameterLayout layout, float momentum, float weightDecay)
{
    public float[] Parameters { get; } = new float[layout.Length];

    public float[] Momentum { get; } = new float[layout.Length];

    public void Step(IReadOnlyList<float[][]> gradients, double learningRate)
    {
        foreach (var (slot, place) in layout.Slots.Index())
        {
            for (var i = 0; i < place.Length; i++)
            {
                var at = place.Offset + i;
                var mean = Sum(gradients, slot, i, 0, PowerOfTwo(gradients.Count)) * (1f / gradients.Count);
                var gradient = weightDecay == 0 ? mean : MathF.FusedMultiplyAdd(Parameters[at], weightDecay, mean);
                Momentum[at] = (Momentum[at] * momentum) + gradient;
                Parameters[at] = MathF.FusedMultiplyAdd(Momentum[at], (float)-learningRate, Parameters[at]);
            }
        }
    }

    private static int PowerOfTwo(int count)
    {
        var power = 1;
        while (power < count)
        {
            power *= 2;
        }

        return power;
    }

    private static float Sum(IReadOnlyList<float[][]> gradients, int slot, int element, int start, int span)
    {
        if (span == 1)
        {
            return gradients[start][slot][element];
        }

        var left = Sum(gradients, slot, element, start, span / 2);
        return start + (span / 2) < gradients.Count ? left + Sum(gradients, slot, element, start + (span / 2), span / 2) : left;
    }
}

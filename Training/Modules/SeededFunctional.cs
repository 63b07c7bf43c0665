using TorchSharp;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Modules;

/// <summary>Noise from a rank's own random state, as functions. The bits are those of torch's own functions for the same generator state.</summary>
public static class SeededFunctional
{
    /// <summary>See <see cref="SeededDropout"/>.</summary>
    public static Tensor Dropout(Tensor input, RankRandom random, double probability, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(random);
        return !training || probability == 0 ? Unchanged(input) : input.mul(Mask(input, input.shape, random, probability));
    }

    /// <summary>See <see cref="SeededDropout2d"/>; <paramref name="input"/> is <c>[N, C, H, W]</c>.</summary>
    public static Tensor Dropout2d(Tensor input, RankRandom random, double probability, bool training)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(random);
        if (!training || probability == 0)
        {
            return Unchanged(input);
        }

        var shape = input.shape;
        return shape.Length == 4
            ? input.mul(Mask(input, [shape[0], shape[1], 1, 1], random, probability))
            : throw new ArgumentException($"Dropout2d: expected [N, C, H, W], found [{string.Join(", ", shape)}].", nameof(input));
    }

    internal static double CheckedProbability(double probability) => probability is >= 0 and < 1
        ? probability
        : throw new ArgumentOutOfRangeException(nameof(probability), $"A dropout probability is 0 to less than 1; found {probability}.");

    // Another handle on the same elements: nn.Sequential disposes what it gave to a module once it has the answer.
    private static Tensor Unchanged(Tensor input) => input.alias();

    // at::native::dropout: bernoulli of what stays, divided by its probability.
    private static Tensor Mask(Tensor input, long[] shape, RankRandom random, double probability)
    {
        using var noGrad = no_grad();
        var mask = empty(shape, dtype: input.dtype);
        mask.bernoulli_(1 - probability, random.Generator).div_(1 - probability);
        // The generator is the CPU's; for a GPU the mask follows the input.
        return input.device_type == DeviceType.CPU ? mask : mask.to(input.device);
    }
}

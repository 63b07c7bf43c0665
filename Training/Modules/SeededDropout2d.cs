using static TorchSharp.torch;

namespace OrleansTrain.Training.Modules;

/// <summary>
/// <c>nn.Dropout2d</c> that draws from the rank's own random state: zeroes whole channels of <c>[N, C, H, W]</c>.
/// See <see cref="SeededDropout"/>.
/// </summary>
public sealed class SeededDropout2d : nn.Module<Tensor, Tensor>
{
    private readonly RankRandom _random;
    private readonly double _probability;

    /// <summary>A dropout layer.</summary>
    /// <param name="random">The rank's: <see cref="TaskContext.Random"/>.</param>
    /// <param name="probability">Of a channel to be zeroed: 0 to less than 1.</param>
    public SeededDropout2d(RankRandom random, double probability = 0.5)
        : base(nameof(SeededDropout2d))
    {
        (_random, _probability) = (random, SeededFunctional.CheckedProbability(probability));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => SeededFunctional.Dropout2d(input, _random, _probability, training);
}

using static TorchSharp.torch;

namespace OrleansTrain.Training.Modules;

/// <summary>
/// <c>nn.Dropout</c> that draws from the rank's own random state: ranks on one silo do not disturb each other, and a resumed run goes on
/// with the same noise. In training, zeroes each element with probability <c>p</c> and scales the others by 1/(1-p); in eval mode the identity.
/// </summary>
public sealed class SeededDropout : nn.Module<Tensor, Tensor>
{
    private readonly RankRandom _random;
    private readonly double _probability;

    /// <summary>A dropout layer.</summary>
    /// <param name="random">The rank's: <see cref="TaskContext.Random"/>.</param>
    /// <param name="probability">Of an element to be zeroed: 0 to less than 1.</param>
    public SeededDropout(RankRandom random, double probability = 0.5)
        : base(nameof(SeededDropout))
    {
        (_random, _probability) = (random, SeededFunctional.CheckedProbability(probability));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => SeededFunctional.Dropout(input, _random, _probability, training);
}

namespace OrleansTrain.Training.Optimizers;

/// <summary>Settings of SGD, by torch's meaning.</summary>
internal sealed record SgdSettings
{
    public double Momentum { get; init; }

    public double Dampening { get; init; }

    public double WeightDecay { get; init; }

    public bool Nesterov { get; init; }

    /// <summary>Ascends instead: the gradient is negated before anything else, as in PyTorch.</summary>
    public bool Maximize { get; init; }
}

namespace OrleansTrain.Client.Specs;

/// <summary>The optimizers of torch.optim with the settings each of them has.</summary>
internal static class OptimizerKeys
{
    /// <summary>One optimizer: torch's default learning rate and its settings by torch's names.</summary>
    internal sealed record Optimizer(double LearningRate, IReadOnlyList<string> Settings);

    /// <summary>By torch's names, lower case.</summary>
    public static IReadOnlyDictionary<string, Optimizer> All { get; } = new SortedDictionary<string, Optimizer>(StringComparer.Ordinal)
    {
        ["sgd"] = new(0.01, ["momentum", "dampening", "weight_decay", "nesterov"]),
        ["adam"] = new(0.001, ["beta1", "beta2", "eps", "weight_decay", "amsgrad"]),
        ["adamw"] = new(0.001, ["beta1", "beta2", "eps", "weight_decay", "amsgrad"]),
        ["rmsprop"] = new(0.01, ["alpha", "eps", "weight_decay", "momentum", "centered"]),
        ["adagrad"] = new(0.01, ["lr_decay", "weight_decay", "initial_accumulator_value", "eps"]),
        ["adadelta"] = new(1.0, ["rho", "eps", "weight_decay"]),
        ["adamax"] = new(0.002, ["beta1", "beta2", "eps", "weight_decay"]),
        ["nadam"] = new(0.002, ["beta1", "beta2", "eps", "weight_decay", "momentum_decay"]),
        ["radam"] = new(0.001, ["beta1", "beta2", "eps", "weight_decay"]),
        ["asgd"] = new(0.01, ["lambd", "alpha", "t0", "weight_decay"]),
        ["rprop"] = new(0.01, ["etaminus", "etaplus", "min_step", "max_step"]),
    };
}

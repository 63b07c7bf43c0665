namespace OrleansTrain.Training.Optimizers;

/// <summary>The table of optimizers. Names and defaults are PyTorch's; TorchSharp's differ in places (its factory for Adam has beta2 = 0.99).</summary>
internal static class OptimizerDefinitions
{
    private static readonly SettingRule WeightDecay = new("weight_decay", 0, SettingRange.NotNegative);

    private static readonly SettingRule Maximize = new("maximize", 0, SettingRange.Flag);

    private static readonly SettingRule AmsGrad = new("amsgrad", 0, SettingRange.Flag);

    private static readonly SettingRule Eps = new("eps", 1e-8, SettingRange.NotNegative);

    private static readonly SettingRule[] Betas = [new("beta1", 0.9, SettingRange.Average), new("beta2", 0.999, SettingRange.Average)];

    public static IReadOnlyList<OptimizerDefinition> All { get; } =
    [
        new(
            "sgd",
            [
                new("momentum", 0, SettingRange.NotNegative), new("dampening", 0, SettingRange.UpToOne), WeightDecay,
                new("nesterov", 0, SettingRange.Flag), Maximize,
            ],
            (values, length) => new SgdOptimizer(values, length),
            values => values.Flag("nesterov") && (values["momentum"] <= 0 || values["dampening"] != 0)
                ? "nesterov needs a momentum of more than 0 and a dampening of 0."
                : null),
        new("adam", [.. Betas, Eps, WeightDecay, AmsGrad, Maximize], (values, length) => new AdamOptimizer(values, length, decoupled: false)),
        new(
            "adamw",
            [.. Betas, Eps, WeightDecay with { Default = 0.01 }, AmsGrad, Maximize],
            (values, length) => new AdamOptimizer(values, length, decoupled: true)),
        new(
            "rmsprop",
            [
                new("alpha", 0.99, SettingRange.UpToOne), Eps, WeightDecay, new("momentum", 0, SettingRange.NotNegative),
                new("centered", 0, SettingRange.Flag), Maximize,
            ],
            (values, length) => new RmsPropOptimizer(values, length)),
        new(
            "adagrad",
            [
                new("lr_decay", 0, SettingRange.NotNegative), WeightDecay, new("initial_accumulator_value", 0, SettingRange.NotNegative),
                Eps with { Default = 1e-10 }, Maximize,
            ],
            (values, length) => new AdagradOptimizer(values, length)),
        new(
            "adadelta",
            [new("rho", 0.9, SettingRange.UpToOne), Eps with { Default = 1e-6 }, WeightDecay, Maximize],
            (values, length) => new AdadeltaOptimizer(values, length)),
        new("adamax", [.. Betas, Eps, WeightDecay, Maximize], (values, length) => new AdamaxOptimizer(values, length)),
        new(
            "nadam",
            [.. Betas, Eps, WeightDecay, new("momentum_decay", 4e-3, SettingRange.NotNegative), Maximize],
            (values, length) => new NAdamOptimizer(values, length)),
        new("radam", [.. Betas, Eps, WeightDecay, Maximize], (values, length) => new RAdamOptimizer(values, length)),
        new(
            "asgd",
            [
                new("lambd", 1e-4, SettingRange.NotNegative), new("alpha", 0.75, SettingRange.NotNegative), new("t0", 1e6, SettingRange.NotNegative),
                WeightDecay, Maximize,
            ],
            (values, length) => new AsgdOptimizer(values, length)),
        new(
            "rprop",
            [
                new("etaminus", 0.5, new SettingRange(value => value is > 0 and < 1, "more than 0 and less than 1")),
                new("etaplus", 1.2, new SettingRange(value => value > 1, "more than 1")), new("min_step", 1e-6, SettingRange.Positive),
                new("max_step", 50, SettingRange.Positive), Maximize,
            ],
            (values, length) => new RpropOptimizer(values, length)),
    ];
}

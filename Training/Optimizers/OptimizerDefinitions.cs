namespace OrleansTrain.Training.Optimizers;

/// <summary>The table of optimizers. Names and defaults are PyTorch's; TorchSharp's differ in places (its factory for Adam has beta2 = 0.99).</summary>
internal static class OptimizerDefinitions
{
    public static IReadOnlyList<OptimizerDefinition> All { get; } =
    [
        new(
            "sgd",
            [
                new("momentum", 0, SettingRange.NotNegative),
                new("dampening", 0, SettingRange.UpToOne),
                new("weight_decay", 0, SettingRange.NotNegative),
                new("nesterov", 0, SettingRange.Flag),
                new("maximize", 0, SettingRange.Flag),
            ],
            (values, length) => new FusedSgd(
                new SgdSettings
                {
                    Momentum = values["momentum"],
                    Dampening = values["dampening"],
                    WeightDecay = values["weight_decay"],
                    Nesterov = values.Flag("nesterov"),
                    Maximize = values.Flag("maximize"),
                },
                length),
            values => values.Flag("nesterov") && (values["momentum"] <= 0 || values["dampening"] != 0)
                ? "nesterov needs a momentum of more than 0 and a dampening of 0."
                : null),
    ];
}

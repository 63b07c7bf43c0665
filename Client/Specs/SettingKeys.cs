namespace OrleansTrain.Client.Specs;

/// <summary>Settings of optimizers and schedules, by torch's names. Which of them an optimizer has, <see cref="OptimizerKeys"/> says.</summary>
internal static class SettingKeys
{
    private const string NotNegative = "a number of at least 0";
    private const string Positive = "a number above 0";
    private const string Fraction = "a number from 0 to below 1";

    public static IReadOnlyList<SpecKey> Optimizer { get; } =
    [
        Setting("momentum", NotNegative, value => value >= 0),
        Setting("dampening", NotNegative, value => value >= 0),
        Setting("weight_decay", NotNegative, value => value >= 0),
        Switch("nesterov"),
        Setting("beta1", Fraction, value => value is >= 0 and < 1),
        Setting("beta2", Fraction, value => value is >= 0 and < 1),
        Setting("eps", Positive, value => value > 0),
        Switch("amsgrad"),
        Setting("alpha", NotNegative, value => value >= 0),
        Switch("centered"),
        Setting("lr_decay", NotNegative, value => value >= 0),
        Setting("initial_accumulator_value", NotNegative, value => value >= 0),
        Setting("rho", "a number from 0 to 1", value => value is >= 0 and <= 1),
        Setting("momentum_decay", NotNegative, value => value >= 0),
        Setting("lambd", NotNegative, value => value >= 0),
        Setting("t0", NotNegative, value => value >= 0),
        Setting("etaminus", "a number above 0 and below 1", value => value is > 0 and < 1),
        Setting("etaplus", "a number above 1", value => value > 1),
        Setting("min_step", Positive, value => value > 0),
        Setting("max_step", Positive, value => value > 0),
    ];

    public static IReadOnlyList<SpecKey> Schedule { get; } =
    [
        Scheduled("step_size", "a whole number of epochs of at least 1", value => value >= 1 && value == Math.Floor(value)),
        Scheduled("gamma", Positive, value => value > 0),
        Scheduled("warmup_steps", "a whole number of steps of at least 0", value => value >= 0 && value == Math.Floor(value)),
        Scheduled("min_lr", NotNegative, value => value >= 0),
    ];

    private static SpecKey Setting(string name, string allowed, Func<double, bool> isAllowed) =>
        SpecKey.Number(name, allowed, isAllowed, (spec, value) => spec with { OptimizerSettings = With(spec.OptimizerSettings, name, value) });

    private static SpecKey Switch(string name) =>
        SpecKey.Flag(name, (spec, value) => spec with { OptimizerSettings = With(spec.OptimizerSettings, name, value ? 1 : 0) });

    private static SpecKey Scheduled(string name, string allowed, Func<double, bool> isAllowed) =>
        SpecKey.Number(name, allowed, isAllowed, (spec, value) => spec with { ScheduleSettings = With(spec.ScheduleSettings, name, value) });

    private static SortedDictionary<string, double> With(IReadOnlyDictionary<string, double> settings, string name, double value) =>
        new(settings.ToDictionary(), StringComparer.Ordinal) { [name] = value };
}

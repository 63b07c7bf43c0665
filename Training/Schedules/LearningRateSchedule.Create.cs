namespace OrleansTrain.Training.Schedules;

// Makes the schedule that a spec names.
public abstract partial class LearningRateSchedule
{
    private const string StepSize = "step_size";
    private const string Gamma = "gamma";
    private const string MinLr = "min_lr";
    private const string WarmupSteps = "warmup_steps";

    private static readonly Dictionary<string, string[]> SettingsOf = new(StringComparer.Ordinal)
    {
        ["constant"] = [WarmupSteps],
        ["step"] = [StepSize, Gamma, WarmupSteps],
        ["cosine"] = [MinLr, WarmupSteps],
        ["linear"] = [MinLr, WarmupSteps],
    };

    /// <summary>The schedules there are.</summary>
    public static IReadOnlyCollection<string> Names => SettingsOf.Keys;

    /// <summary>The settings of all schedules.</summary>
    public static IReadOnlyCollection<string> SettingNames { get; } = [StepSize, Gamma, MinLr, WarmupSteps];

    /// <summary>Makes a schedule.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="settings">
    /// <c>step_size</c> (epochs, default 1) and <c>gamma</c> (default 0.1) of <c>step</c>; <c>min_lr</c> (default 0) of <c>cosine</c> and
    /// <c>linear</c>, reached at the last step; <c>warmup_steps</c> (default 0) of all: the rate rises over these steps.
    /// </param>
    /// <param name="baseRate">The spec's learning rate.</param>
    /// <param name="stepsPerEpoch">Steps in an epoch.</param>
    /// <param name="totalSteps">Steps of the run.</param>
    /// <exception cref="ArgumentException">An unknown name or setting, or a value out of range; the message names the key.</exception>
    public static LearningRateSchedule Create(
        string name, IReadOnlyDictionary<string, double> settings, double baseRate, long stepsPerEpoch, long totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        Validate(name, settings, baseRate);
        var least = settings.GetValueOrDefault(MinLr, 0);
        LearningRateSchedule schedule = name switch
        {
            "step" => new StepDecay(
                baseRate, stepsPerEpoch, (long)settings.GetValueOrDefault(StepSize, 1), settings.GetValueOrDefault(Gamma, 0.1)),
            "cosine" => new CosineDecay(baseRate, totalSteps, least),
            "linear" => new LinearDecay(baseRate, totalSteps, least),
            _ => new Constant(baseRate),
        };
        var warmup = (long)settings.GetValueOrDefault(WarmupSteps, 0);
        return warmup > 0 ? new Warmup(schedule, warmup) : schedule;
    }

    /// <summary>Checks what of a schedule can be checked before the data is known.</summary>
    /// <exception cref="ArgumentException">An unknown name or setting, or a value out of range; the message names the key.</exception>
    public static void Validate(string name, IReadOnlyDictionary<string, double> settings, double baseRate)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!SettingsOf.TryGetValue(name, out var known))
        {
            throw new ArgumentException($"schedule: expected one of {string.Join(", ", SettingsOf.Keys)}; found '{name}'.");
        }

        foreach (var (key, value) in settings)
        {
            if (!known.Contains(key))
            {
                throw new ArgumentException($"{key}: schedule '{name}' has no such setting; it has {string.Join(", ", known)}.");
            }

            var expected = key switch
            {
                StepSize => value >= 1 && double.IsInteger(value) ? null : "a whole number of epochs, 1 or more",
                Gamma => value > 0 && double.IsFinite(value) ? null : "a number above 0",
                MinLr => value >= 0 && value <= baseRate ? null : $"a number from 0 to the learning rate ({baseRate})",
                _ => value >= 0 && double.IsInteger(value) ? null : "a whole number of steps, 0 or more",
            };
            if (expected is not null)
            {
                throw new ArgumentException($"{key}: expected {expected}; found {value}.");
            }
        }

        if (!double.IsFinite(baseRate) || baseRate <= 0)
        {
            throw new ArgumentException($"learning_rate: expected a number above 0; found {baseRate}.");
        }
    }
}

namespace OrleansTrain.Training.Optimizers;

/// <summary>The optimizers there are, and what may be set on them. Thread-safe.</summary>
public static class OptimizerCatalog
{
    private static readonly Dictionary<string, OptimizerDefinition> Definitions =
        OptimizerDefinitions.All.ToDictionary(definition => definition.Name, StringComparer.Ordinal);

    /// <summary>The names a run may ask for.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. OptimizerDefinitions.All.Select(definition => definition.Name)];

    /// <summary>Names of the settings an optimizer has, with torch's defaults; empty for an unknown optimizer.</summary>
    public static IReadOnlyDictionary<string, double> Defaults(string name) =>
        Definitions.TryGetValue(name, out var definition)
            ? definition.Rules.ToDictionary(rule => rule.Key, rule => rule.Default, StringComparer.Ordinal)
            : new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>What is wrong with an optimizer and its settings, one line each: the key and the allowed values. Empty when nothing is.</summary>
    public static IReadOnlyList<string> Validate(OptimizerSettings settings) => [.. Problems(settings)];

    /// <summary>Makes an optimizer for a range of <paramref name="length"/> elements.</summary>
    /// <exception cref="ArgumentException">The settings are not valid.</exception>
    internal static IFlatOptimizer Create(OptimizerSettings settings, long length)
    {
        var problems = Validate(settings);
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", problems), nameof(settings));
        }

        var definition = Definitions[settings.Name];
        return definition.Create(new SettingValues(definition, settings.Values), length);
    }

    private static IEnumerable<string> Problems(OptimizerSettings settings)
    {
        if (!Definitions.TryGetValue(settings.Name, out var definition))
        {
            yield return $"optimizer '{settings.Name}' is unknown: choose one of {string.Join(", ", Names)}.";
            yield break;
        }

        if (!(settings.LearningRate >= 0 && double.IsFinite(settings.LearningRate)))
        {
            yield return $"learning_rate is {settings.LearningRate}: expected 0 or more.";
        }

        var sound = true;
        foreach (var (key, value) in settings.Values)
        {
            var rule = definition.Rules.FirstOrDefault(rule => rule.Key == key);
            if (rule is null)
            {
                yield return $"{settings.Name} has no setting '{key}': allowed are {string.Join(", ", definition.Rules.Select(known => known.Key))}.";
            }
            else if (!double.IsFinite(value) || !rule.Range.Contains(value))
            {
                sound = false;
                yield return $"{settings.Name} setting {key} is {value}: expected {rule.Range.Allowed}.";
            }
        }

        if (sound && definition.Check?.Invoke(new SettingValues(definition, settings.Values)) is { } problem)
        {
            yield return $"{settings.Name}: {problem}";
        }
    }
}

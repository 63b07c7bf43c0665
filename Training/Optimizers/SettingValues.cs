namespace OrleansTrain.Training.Optimizers;

/// <summary>The settings of an optimizer, with the defaults of those that were not given.</summary>
internal sealed class SettingValues(OptimizerDefinition definition, IReadOnlyDictionary<string, double> given)
{
    public double this[string key] => given.TryGetValue(key, out var value) ? value : definition.Rules.Single(rule => rule.Key == key).Default;

    public bool Flag(string key) => this[key] != 0;
}

namespace OrleansTrain.Training.Optimizers;

/// <summary>An optimizer that a run may ask for.</summary>
/// <param name="Name">Torch's name in lower case.</param>
/// <param name="Rules">Its settings.</param>
/// <param name="Create">Makes one for a range of elements.</param>
/// <param name="Check">What is wrong with settings that are each allowed, or null.</param>
internal sealed record OptimizerDefinition(
    string Name,
    IReadOnlyList<SettingRule> Rules,
    Func<SettingValues, long, IFlatOptimizer> Create,
    Func<SettingValues, string?>? Check = null);

namespace OrleansTrain.Training.Optimizers;

/// <summary>One setting of an optimizer.</summary>
/// <param name="Key">Torch's name.</param>
/// <param name="Default">Torch's default.</param>
/// <param name="Range">Which values it may have.</param>
internal sealed record SettingRule(string Key, double Default, SettingRange Range);

/// <summary>Values a setting may have.</summary>
/// <param name="Allowed">The same in words, for messages.</param>
internal sealed record SettingRange(Func<double, bool> Contains, string Allowed)
{
    public static SettingRange Flag { get; } = new(value => value is 0 or 1, "0 or 1");

    public static SettingRange NotNegative { get; } = new(value => value >= 0, "0 or more");

    public static SettingRange Positive { get; } = new(value => value > 0, "more than 0");

    /// <summary>The coefficient of a running average.</summary>
    public static SettingRange Average { get; } = new(value => value is >= 0 and < 1, "0 or more and less than 1");

    public static SettingRange UpToOne { get; } = new(value => value is >= 0 and <= 1, "0 to 1");
}

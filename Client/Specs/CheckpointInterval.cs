using System.Globalization;
using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Client.Specs;

/// <summary><c>checkpoint_every</c>: at the end of each epoch always, and every so many steps or seconds besides.</summary>
internal static class CheckpointInterval
{
    public static RunSpec? Apply(RunSpec spec, string text)
    {
        if (text == "epoch")
        {
            return spec with { CheckpointEverySteps = 0, CheckpointEverySeconds = 0 };
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var steps))
        {
            return steps > 0 ? spec with { CheckpointEverySteps = steps, CheckpointEverySeconds = 0 } : null;
        }

        return SpecDuration.Seconds(text, unitRequired: true) is { } seconds
            ? spec with { CheckpointEverySteps = 0, CheckpointEverySeconds = seconds }
            : null;
    }
}

using System.Text.Json;

namespace OrleansTrain.Training.Checkpoints;

public sealed partial record CheckpointManifest
{
    /// <summary>Makes the manifest out of the parts of all silos.</summary>
    /// <param name="parts">One a silo, in any order.</param>
    /// <param name="metrics">Metrics known of this state.</param>
    /// <param name="metricsEpochs">Epochs whose metrics have been handed to tracking.</param>
    /// <param name="spec">The run's spec as JSON.</param>
    /// <exception cref="ArgumentException">The parts are not those of one whole checkpoint; the message says what is missing.</exception>
    public static CheckpointManifest Assemble(
        string runId,
        IReadOnlyCollection<CheckpointPart> parts,
        string optimizer,
        IReadOnlyDictionary<string, double> metrics,
        int metricsEpochs,
        string spec,
        DateTimeOffset created)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var models = parts.Where(part => part.Model is not null).ToArray();
        if (models.Length != 1)
        {
            throw new ArgumentException($"Expected the model in one part of the checkpoint, found it in {models.Length}.", nameof(parts));
        }

        var first = models[0];
        var ranks = parts.SelectMany(part => part.Ranks).OrderBy(rank => rank.Rank).ToArray();
        if (parts.Any(part => part.Step != first.Step || part.Cursor != first.Cursor))
        {
            throw new ArgumentException(
                $"Expected parts of one step, found steps {string.Join(", ", parts.Select(part => part.Step).Distinct())}.", nameof(parts));
        }

        using var parsed = JsonDocument.Parse(spec);
        var manifest = new CheckpointManifest
        {
            Format = FormatName,
            Version = NewestVersion,
            RunId = runId,
            Created = created,
            Step = first.Step,
            Cursor = first.Cursor,
            WorldSize = ranks.Length,
            Ranks = ranks,
            Parameters = first.Model!.Parameters,
            WeightsSha256 = first.Model.WeightsSha256,
            Optimizer = optimizer,
            OptimizerRanges = [.. parts.Select(part => part.Optimizer).Where(range => range.Length > 0).OrderBy(range => range.Start)],
            Metrics = new SortedDictionary<string, double>(metrics.ToDictionary(), StringComparer.Ordinal),
            MetricsEpochs = metricsEpochs,
            Objects = [.. parts.SelectMany(part => part.Objects).OrderBy(item => item.Name, StringComparer.Ordinal)],
            Spec = parsed.RootElement.Clone(),
            ManifestSha256 = "",
        };
        return manifest.FindFault() is { } fault
            ? throw new ArgumentException($"The parts do not make a whole checkpoint: {fault}.", nameof(parts))
            : manifest;
    }

    /// <summary>What keeps this from being a whole checkpoint, or null.</summary>
    internal string? FindFault()
    {
        if (!Ranks.Select(rank => rank.Rank).SequenceEqual(Enumerable.Range(0, WorldSize)) || WorldSize < 1)
        {
            return $"expected ranks 0 to {WorldSize - 1} once each, found {string.Join(", ", Ranks.Select(rank => rank.Rank))}";
        }

        if (Step < 0 || Cursor.Epoch < 0 || Cursor.StepInEpoch < 0)
        {
            return $"expected a step and a place in an epoch, found step {Step}, {Cursor}";
        }

        if (Objects.FirstOrDefault(item => !CheckpointNames.IsObject(item.Name) || item.Size < 0 || item.Sha256.Length != 64) is { } strange)
        {
            return $"object '{strange.Name}' of {strange.Size} bytes and SHA-256 '{strange.Sha256}' cannot be";
        }

        var names = Objects.Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        var needed = RequiredObjects().FirstOrDefault(name => !names.Contains(name));
        return needed is not null ? $"object '{needed}' is missing"
            : names.Count != Objects.Count ? "an object is named twice"
            : FindOptimizerFault();
    }

    private IEnumerable<string> RequiredObjects() =>
    [
        CheckpointNames.Model,
        .. Ranks.Select(rank => CheckpointNames.Rank(rank.Rank)),
        .. OptimizerRanges.Where(range => range.States.Count > 0).Select(range => CheckpointNames.Optimizer(range.Start, range.Length)),
    ];

    private string? FindOptimizerFault()
    {
        long length;
        try
        {
            length = ToLayout().Length;
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            return exception.Message;
        }

        long at = 0;
        foreach (var range in OptimizerRanges)
        {
            if (range.Start != at || range.Length <= 0 || range.Length > length - at)
            {
                return $"expected optimizer state from element {at} on, found {range.Start} to {range.Start + range.Length} of {length}";
            }

            if (range.Steps != OptimizerRanges[0].Steps || !range.States.SequenceEqual(OptimizerRanges[0].States))
            {
                return $"the optimizer's state at element {range.Start} is of another step or kind than that at 0";
            }

            at += range.Length;
        }

        return at == length || OptimizerRanges.Count == 0 ? null : $"expected optimizer state of {length} elements, found {at}";
    }
}

using System.Text.Json;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Storage;
using OrleansTrain.Training.Checkpoints;

namespace OrleansTrain.Grains.Runs;

/// <summary>The checkpoints of a run as its training grain sees them: which one to start from, and when a new one is complete.</summary>
internal sealed class RunCheckpoints(IObjectStores stores, TimeProvider time)
{
    /// <summary>The newest checkpoint that is whole; null when there is none.</summary>
    /// <param name="warn">Told of torn ones that were passed over; they are removed, so that they cannot be found again.</param>
    public async Task<FoundCheckpoint?> Newest(RunSpec spec, string runId, Action<string> warn)
    {
        var catalog = Open(spec, runId);
        var skipped = false;
        var manifest = await catalog.FindNewestGood((step, error) =>
        {
            skipped = true;
            warn($"the checkpoint after step {step} is damaged and is skipped: {error.Message}");
        });
        if (skipped)
        {
            await catalog.DiscardAfter(manifest?.Step ?? -1);
        }

        return manifest is null ? null : new FoundCheckpoint(manifest.Step, Uri(spec, runId, manifest.Step), manifest.WeightsSha256);
    }

    /// <summary>Writes the manifest over the shares of all silos and removes what is no longer kept.</summary>
    /// <returns>The checkpoint's URI and the hash of its weights.</returns>
    public async Task<(string Uri, string WeightsSha256)> Commit(
        RunSpec spec, string runId, IReadOnlyList<CheckpointReport> shares, IReadOnlyList<EpochSummary> epochs, Action<string> warn)
    {
        var parts = shares.Select(share => CheckpointPart.FromJson(share.Part!)).ToList();
        var metrics = epochs.Count > 0 ? epochs[^1].Metrics : new Dictionary<string, double>();
        var manifest = CheckpointManifest.Assemble(
            runId, parts, spec.Optimizer, metrics, epochs.Count, JsonSerializer.Serialize(SpecParams.From(spec)), time.GetUtcNow());
        var catalog = Open(spec, runId);
        await catalog.Commit(manifest);
        try
        {
            await catalog.Prune(spec.KeepCheckpoints, CheckpointMetric.Parse(spec.CheckpointMetric), manifest.Step);
        }
        catch (ObjectStoreException error)
        {
            // The new one is complete; what could not be removed is with the next.
            warn($"old checkpoints could not be removed: {error.Message}");
        }

        return (Uri(spec, runId, manifest.Step), manifest.WeightsSha256);
    }

    /// <summary>Names of the objects of a checkpoint, manifest included.</summary>
    public async Task<IReadOnlyList<string>> ObjectNames(RunSpec spec, string runId, long step)
    {
        var manifest = await Open(spec, runId).Reader.ReadManifest(step);
        return [.. manifest.Objects.Select(item => item.Name), "manifest.json"];
    }

    private static string Uri(RunSpec spec, string runId, long step) =>
        FormattableString.Invariant($"{spec.CheckpointUri.TrimEnd('/')}/{runId}/step-{step:D12}");

    private CheckpointCatalog Open(RunSpec spec, string runId)
    {
        var (store, prefix) = stores.Resolve($"{spec.CheckpointUri.TrimEnd('/')}/{runId}");
        return new CheckpointCatalog(store, prefix);
    }
}

/// <summary>A whole checkpoint.</summary>
internal sealed record FoundCheckpoint(long Step, string Uri, string WeightsSha256);

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
    /// <exception cref="ObjectStoreException">The store cannot be reached.</exception>
    public async Task<FoundCheckpoint?> Newest(RunSpec spec, string runId, Action<string> warn, CancellationToken cancellationToken)
    {
        var catalog = Open(spec, runId);
        var skipped = false;
        var manifest = await catalog.FindNewestGood((step, error) =>
        {
            skipped = true;
            warn($"the checkpoint after step {step} is damaged and is skipped: {error.Message}");
        }, cancellationToken);
        if (skipped)
        {
            await catalog.DiscardAfter(manifest?.Step ?? -1, cancellationToken);
        }

        return manifest is null ? null : new FoundCheckpoint(manifest.Step, Uri(spec, runId, manifest.Step), manifest.WeightsSha256);
    }

    /// <summary>Writes the manifest over the shares of all silos.</summary>
    /// <param name="epochs">Epochs of the run; those that had ended by then belong to the checkpoint.</param>
    /// <exception cref="ObjectStoreException">The store did not take it.</exception>
    public async Task<FoundCheckpoint> Commit(
        RunSpec spec, string runId, IReadOnlyList<CheckpointReport> shares, IReadOnlyList<EpochSummary> epochs, CancellationToken cancellationToken)
    {
        var parts = shares.Select(share => CheckpointPart.FromJson(share.Part!)).ToList();
        var ended = epochs.TakeWhile(epoch => epoch.Step <= shares[0].Step).ToList();
        var metrics = ended.Count > 0 ? ended[^1].Metrics : new Dictionary<string, double>();
        var manifest = CheckpointManifest.Assemble(
            runId, parts, spec.Optimizer, metrics, ended.Count, JsonSerializer.Serialize(SpecParams.From(spec)), time.GetUtcNow());
        await Open(spec, runId).Commit(manifest, cancellationToken);
        return new FoundCheckpoint(manifest.Step, Uri(spec, runId, manifest.Step), manifest.WeightsSha256);
    }

    /// <summary>Removes what is no longer kept beside the checkpoint after <paramref name="step"/>.</summary>
    /// <param name="warn">Told when that is not possible now: what is left goes with the next one.</param>
    public async Task Prune(RunSpec spec, string runId, long step, Action<string> warn, CancellationToken cancellationToken)
    {
        try
        {
            await Open(spec, runId).Prune(spec.KeepCheckpoints, CheckpointMetric.Parse(spec.CheckpointMetric), step, cancellationToken);
        }
        catch (ObjectStoreException error)
        {
            warn($"old checkpoints could not be removed: {error.Message}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The attempt has ended meanwhile.
        }
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

using OrleansTrain.Faults;
using OrleansTrain.Storage;

namespace OrleansTrain.Training.Checkpoints;

/// <summary>
/// The checkpoints of one run: finds, completes and removes them. Meant for one caller at a time, the run's training grain.
/// </summary>
/// <param name="store">Where they are.</param>
/// <param name="prefix">Key prefix of the run's checkpoints.</param>
public sealed class CheckpointCatalog(IObjectStore store, string prefix)
{
    private readonly CheckpointReader _reader = new(store, prefix);

    /// <summary>The steps that have a manifest, newest first. Whether it is a good one only reading it tells.</summary>
    public async Task<IReadOnlyList<long>> List(CancellationToken cancellationToken = default) =>
        [.. (await Scan(cancellationToken)).Where(folder => folder.Value.Contains(CheckpointNames.Manifest)).Select(folder => folder.Key).Reverse()];

    /// <summary>
    /// The newest checkpoint that is whole: manifest, sizes and every object's SHA-256 checked.
    /// </summary>
    /// <param name="skipped">Is told of each torn or altered one that was passed over: the step and why.</param>
    /// <returns>Its manifest, or null when there is none.</returns>
    /// <exception cref="ObjectStoreException">The store cannot be reached: nothing is known about its checkpoints then.</exception>
    public async Task<CheckpointManifest?> FindNewestGood(Action<long, CheckpointCorruptException> skipped, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(skipped);
        foreach (var step in await List(cancellationToken))
        {
            try
            {
                var manifest = await _reader.ReadManifest(step, cancellationToken);
                await _reader.Verify(manifest, cancellationToken);
                return manifest;
            }
            catch (CheckpointCorruptException exception)
            {
                skipped(step, exception);
            }
        }

        return null;
    }

    /// <summary>Writes the manifest: from here on the objects are a checkpoint.</summary>
    public async Task Commit(CheckpointManifest manifest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        using var bytes = new MemoryStream(manifest.ToBytes(), writable: false);
        FaultPoint.Reach("checkpoint.objects");
        await store.Write(CheckpointNames.Folder(prefix, manifest.Step) + CheckpointNames.Manifest, bytes, bytes.Length, cancellationToken);
        FaultPoint.Reach("checkpoint.manifest");
    }

    /// <summary>
    /// Removes what is not kept: checkpoints but for the <paramref name="keep"/> newest and the best, and what attempts that ended have left
    /// unfinished, as far as it lies before the checkpoint before <paramref name="committed"/>: an attempt that went on from that one may be
    /// writing after it, if the caller has been replaced without knowing yet.
    /// </summary>
    /// <param name="keep">Newest checkpoints to keep, at least 1.</param>
    /// <param name="metric">Says which one is the best; null: none is kept for that.</param>
    /// <param name="committed">Step of the checkpoint just committed; folders of later steps may be in the making and are left alone.</param>
    public async Task Prune(int keep, CheckpointMetric? metric, long committed, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        var folders = await Scan(cancellationToken);
        var whole = folders.Where(folder => folder.Value.Contains(CheckpointNames.Manifest)).Select(folder => folder.Key).Reverse().ToArray();
        var kept = whole.Take(keep).ToHashSet();
        if (metric is not null && whole.Length > keep && await FindBest(whole, metric, cancellationToken) is { } best)
        {
            kept.Add(best);
        }

        var before = whole.FirstOrDefault(step => step < committed, -1);
        foreach (var (step, names) in folders.Where(folder => !kept.Contains(folder.Key) && folder.Key <= (whole.Contains(folder.Key) ? committed : before)))
        {
            await Delete(step, names, cancellationToken);
        }
    }

    /// <summary>
    /// Removes every checkpoint after a step: when a run goes on from an older one, the torn ones it passed over must not be found again.
    /// </summary>
    public async Task DiscardAfter(long step, CancellationToken cancellationToken = default)
    {
        foreach (var (later, names) in (await Scan(cancellationToken)).Where(folder => folder.Key > step))
        {
            await Delete(later, names, cancellationToken);
        }
    }

    /// <summary>Reads single checkpoints.</summary>
    public CheckpointReader Reader => _reader;

    private async Task<long?> FindBest(IEnumerable<long> steps, CheckpointMetric metric, CancellationToken cancellationToken)
    {
        (long Step, double Value)? best = null;
        foreach (var step in steps)
        {
            try
            {
                var manifest = await _reader.ReadManifest(step, cancellationToken);
                if (manifest.Metrics.TryGetValue(metric.Name, out var value) && !double.IsNaN(value)
                    && (best is null || metric.IsBetter(value, best.Value.Value)))
                {
                    best = (step, value);
                }
            }
            catch (CheckpointCorruptException)
            {
                // It cannot be the best of those that can be used; whether it goes is decided by its age alone.
            }
        }

        return best?.Step;
    }

    private async Task Delete(long step, HashSet<string> names, CancellationToken cancellationToken)
    {
        var folder = CheckpointNames.Folder(prefix, step);
        // The manifest first: a checkpoint that is being removed is none.
        foreach (var name in names.OrderByDescending(name => name == CheckpointNames.Manifest))
        {
            await store.Delete(folder + name, cancellationToken);
            FaultPoint.Reach("checkpoint.pruned");
        }
    }

    private async Task<SortedDictionary<long, HashSet<string>>> Scan(CancellationToken cancellationToken)
    {
        var folders = new SortedDictionary<long, HashSet<string>>();
        await foreach (var item in store.List(CheckpointNames.Normalise(prefix), cancellationToken))
        {
            if (CheckpointNames.TryParse(prefix, item.Key, out var step, out var name))
            {
                if (!folders.TryGetValue(step, out var names))
                {
                    folders[step] = names = new HashSet<string>(StringComparer.Ordinal);
                }

                names.Add(name);
            }
        }

        return folders;
    }
}

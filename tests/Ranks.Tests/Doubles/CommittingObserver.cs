using OrleansTrain.Storage;
using OrleansTrain.Training.Checkpoints;

namespace OrleansTrain.Ranks.Tests.Doubles;

/// <summary>Does what a run's training grain does: makes a checkpoint when the shares of all silos are written. Thread-safe.</summary>
internal sealed class CommittingObserver(IObjectStore store, string prefix, string optimizer, int silos = 1) : ICheckpointObserver
{
    private readonly Lock _lock = new();
    private readonly List<CheckpointPart> _parts = [];

    public List<long> Committed { get; } = [];

    public List<(long Step, Exception Error)> Failures { get; } = [];

    public List<(long Step, Exception Error)> Retries { get; } = [];

    public async Task Written(CheckpointPart part)
    {
        List<CheckpointPart> parts;
        lock (_lock)
        {
            // Through JSON, as it travels.
            _parts.Add(CheckpointPart.FromJson(part.ToJson()));
            parts = [.. _parts.Where(other => other.Step == part.Step)];
            if (parts.Count < silos)
            {
                return;
            }

            Committed.Add(part.Step);
        }

        await new CheckpointCatalog(store, prefix).Commit(CheckpointManifest.Assemble(
            "run", parts, optimizer, new Dictionary<string, double>(), part.Cursor.Epoch, "{\"task\":\"tiny\"}", DateTimeOffset.UnixEpoch));
    }

    public void Retrying(long step, Exception exception)
    {
        lock (_lock)
        {
            Retries.Add((step, exception));
        }
    }

    public Task Failed(long step, Exception exception)
    {
        lock (_lock)
        {
            Failures.Add((step, exception));
        }

        return Task.CompletedTask;
    }
}

using OrleansTrain.Storage;
using OrleansTrain.Training.Checkpoints;

namespace OrleansTrain.Ranks.Tests.Doubles;

/// <summary>Does for one silo what a run's training grain does for all: makes a checkpoint of each share that is written.</summary>
internal sealed class CommittingObserver(IObjectStore store, string prefix, string optimizer) : ICheckpointObserver
{
    public List<long> Committed { get; } = [];

    public List<(long Step, Exception Error)> Failures { get; } = [];

    public async Task Written(CheckpointPart part)
    {
        // Through JSON, as it travels.
        var received = CheckpointPart.FromJson(part.ToJson());
        await new CheckpointCatalog(store, prefix).Commit(CheckpointManifest.Assemble(
            "run", [received], optimizer, new Dictionary<string, double>(), received.Cursor.Epoch, "{\"task\":\"tiny\"}", DateTimeOffset.UnixEpoch));
        Committed.Add(part.Step);
    }

    public Task Failed(long step, Exception exception)
    {
        Failures.Add((step, exception));
        return Task.CompletedTask;
    }
}

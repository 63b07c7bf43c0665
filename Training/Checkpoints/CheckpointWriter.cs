using OrleansTrain.Faults;
using OrleansTrain.Storage;

namespace OrleansTrain.Training.Checkpoints;

/// <summary>Writes a silo's share of a checkpoint.</summary>
public static class CheckpointWriter
{
    /// <summary>
    /// Hashes and writes the snapshot's objects below <c>prefix/step-…/</c>. Without a manifest they are no checkpoint yet.
    /// </summary>
    /// <param name="prefix">Key prefix of the run's checkpoints.</param>
    /// <param name="optimizerSteps">Steps the optimizer has taken.</param>
    /// <returns>What the manifest needs to know.</returns>
    /// <exception cref="ObjectStoreException">The store did not take an object.</exception>
    public static async Task<CheckpointPart> Write(
        IObjectStore store,
        string prefix,
        CheckpointSnapshot snapshot,
        long step,
        TrainingCursor cursor,
        long optimizerSteps,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(snapshot);
        var folder = CheckpointNames.Folder(prefix, step);
        var written = new List<CheckpointObject>();
        foreach (var (name, content) in snapshot.Objects(step))
        {
            var sha256 = content.ComputeSha256();
            await using var stream = content.OpenRead();
            await store.Write(folder + name, stream, content.Length, cancellationToken);
            written.Add(new CheckpointObject(name, content.Length, sha256));
            FaultPoint.Reach("checkpoint.object");
        }

        return new CheckpointPart
        {
            Step = step,
            Cursor = cursor,
            Objects = written,
            Ranks = snapshot.Sums(),
            Optimizer = new OptimizerRange(snapshot.OptimizerStart, snapshot.OptimizerLength, optimizerSteps, snapshot.OptimizerStates),
            Model = snapshot.HasModel
                ? new ModelPart([.. snapshot.Layout.Slots.Select(slot => new ParameterShape(slot.Name, slot.Shape))], snapshot.HashWeights())
                : null,
        };
    }
}

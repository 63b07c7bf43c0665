using System.Text;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>What a run leaves behind in MLflow.</summary>
internal sealed partial class TrainingGrain
{
    private async Task LogDataset(PreparedRank rank)
    {
        if (State.Attempt > 1)
        {
            return; // Said once: a later attempt trains on the same data or is refused.
        }

        await Tell(tracking => tracking.LogDataset(new DatasetInput(
            State.Spec!.Dataset.TrimEnd('/').Split('/')[^1], rank.DatasetDigest, State.Spec.Dataset, rank.DatasetSchema, "training")));
        if (rank.Preprocessing is { } fitted)
        {
            await Tell(tracking => tracking.LogArtifact("preprocessing/fitted.json", fitted));
        }
    }

    private async Task LogExchange(Attempt attempt)
    {
        var shards = await attempt.GetStatistics();
        if (State.Epochs.Count == 0 || shards.All(shard => shard.Steps == 0))
        {
            return;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var steps = shards.Max(shard => shard.Steps);
        await Tell(tracking => tracking.LogMetrics([
            new MetricPoint("exchange_bytes_per_step", (double)shards.Max(shard => shard.BytesSent) / steps, State.Epochs.Count, now),
            new MetricPoint("exchange_update_seconds", shards.Max(shard => shard.UpdatingSeconds), State.Epochs.Count, now)]));
    }

    private async Task PublishResults(RunPhase phase)
    {
        var now = time.GetUtcNow();
        if (LossCurve.Draw($"{State.Spec!.Experiment}: {State.Spec.Task}", State.Epochs) is { } image)
        {
            await Tell(tracking => tracking.LogArtifact("plots/training_loss.png", image));
        }

        if (phase == RunPhase.Finished)
        {
            var step = State.Epochs.Count;
            await Tell(tracking => tracking.LogMetrics(
                [.. State.Evaluation.Select(metric => new MetricPoint(metric.Key, metric.Value, step, now.ToUnixTimeMilliseconds()))]));
        }

        if (State.CheckpointUri is { } checkpoint && phase == RunPhase.Finished)
        {
            var names = await checkpoints.ObjectNames(State.Spec!, RunId, State.GoodCheckpointStep);
            await Tell(tracking => tracking.LogArtifactsFrom("checkpoint", checkpoint, names));
        }

        if (State.Error.Length > 0)
        {
            await Tell(tracking => tracking.LogArtifact("error.txt", Encoding.UTF8.GetBytes(State.Error)));
        }

        await Tell(tracking => tracking.SetTags(ResultTags()));
        await Tell(tracking => tracking.SetStatus(phase.ToMlflowStatus(), now));
    }

    private Dictionary<string, string> ResultTags()
    {
        var tags = new Dictionary<string, string>
        {
            ["orleanstrain.restarts"] = $"{State.Restarts}",
            ["orleanstrain.device"] = State.Device,
        };
        if (State.WeightsSha256 is { } weights && State.CheckpointUri is { } checkpoint)
        {
            tags["orleanstrain.weights_sha256"] = weights;
            tags["orleanstrain.checkpoint_uri"] = checkpoint;
        }

        return tags;
    }

    // The run grain takes everything unless its own store is away: then this waits, while training goes on.
    private async Task Tell(Func<IRunGrain, Task> message)
    {
        while (true)
        {
            try
            {
                await message(Tracking);
                return;
            }
#pragma warning disable CA1031 // Repeated until it is stored: nothing may be lost.
            catch (Exception error) when (!_deactivating.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Warn($"measurements cannot be stored for now, will be retried: {Surprises.FirstLine(error)}");
                Changed();
                await Task.Delay(TimeSpan.FromSeconds(1), time, _deactivating.Token);
            }
        }
    }
}

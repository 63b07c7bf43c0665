namespace OrleansTrain.Client.Specs;

/// <summary>The keys that have a flag of their own; every other one is reached by <c>--set KEY=VALUE</c>.</summary>
internal static class SpecFlags
{
    public static IReadOnlyList<SpecFlag> All { get; } =
    [
        new("--experiment", "experiment", "NAME", "MLflow experiment; by default the task's name."),
        new("--run-name", "run_name", "NAME", "MLflow run name; by default the server chooses one."),
        new("--ranks", "ranks", "N", "Trainers that share the work."),
        new("--device", "device", "auto|cpu|cuda", "What a rank computes on; only auto may choose."),
        new("--epochs", "epochs", "N", "Times the training data is seen."),
        new("--batch-size", "batch_size_per_rank", "N", "Samples a rank takes in one step.", "--batch-size-per-rank"),
        new("--optimizer", "optimizer", "NAME", $"One of {string.Join(", ", OptimizerKeys.All.Keys)}."),
        new("--lr", "learning_rate", "X", "Base learning rate.", "--learning-rate"),
        new("--momentum", "momentum", "X", "Momentum of the optimizer."),
        new("--weight-decay", "weight_decay", "X", "Weight decay of the optimizer."),
        new("--schedule", "schedule", "NAME", $"Learning rate schedule: {string.Join(", ", ScheduleKeys.All.Keys)}."),
        new("--seed", "seed", "N", "Fixes initial weights and all noise."),
        new("--data-seed", "data_seed", "N", "Fixes the order of samples."),
        new("--dataset", "dataset", "URI", "Where the data is: s3://BUCKET/PREFIX or file:///FOLDER."),
        new("--shuffle", "shuffle", "global|window|none", "How samples are put in order."),
        new("--checkpoint-every", "checkpoint_every", "STEPS|TIME", "Besides at each epoch's end: 500 (steps), 30s, 10m."),
        new("--keep-checkpoints", "keep_checkpoints", "N", "Newest checkpoints to keep."),
        new("--max-failures", "max_failures", "N", "Restarts before the run fails; -1: no limit."),
        new("--step-timeout", "step_timeout", "TIME", "Time without progress after which a rank counts as hung."),
        new("--threads-per-rank", "threads_per_rank", "N", "Threads a rank computes with."),
        new("--exchange", "exchange", "KIND", "How gradients travel: auto, inproc, shm, tcp, orleans; none for benchmarks."),
    ];
}

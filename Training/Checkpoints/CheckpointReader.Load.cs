using System.Runtime.InteropServices;
using OrleansTrain.Training.Native;
using OrleansTrain.Training.Replicas;
using OrleansTrain.Training.SafeTensors;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Checkpoints;

// What is done with the contents.
public sealed partial class CheckpointReader
{
    /// <summary>Copies the parameters into a flat buffer.</summary>
    /// <param name="flat">float32, <c>[layout.Length]</c>, contiguous, on the CPU; its padding is left alone.</param>
    public async Task LoadParameters(CheckpointManifest manifest, ParameterLayout layout, Tensor flat, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(flat);
        CheckLayout(manifest, layout);
        using var file = await Open(manifest, CheckpointNames.Model, cancellationToken);
        var address = HostPointer.Of(flat);
        foreach (var slot in layout.Slots)
        {
            file.CopyTo(Entry(manifest, file, slot), 0, address + (nint)(slot.Offset * sizeof(float)), slot.Length * sizeof(float));
        }

        GC.KeepAlive(flat);
    }

    /// <summary>Fills a model that is bound to no session: parameters and rank 0's buffers. For evaluation and use.</summary>
    public async Task LoadModel(CheckpointManifest manifest, nn.Module model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(model);
        CheckLayout(manifest, ParameterLayout.Create(model.named_parameters().Select(entry => (entry.name, entry.parameter.shape))));
        using var file = await Open(manifest, CheckpointNames.Model, cancellationToken);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            // One at a time: a large model is not in memory a third time.
            using var stored = file.ToTensor(name);
            parameter.copy_(stored);
        }

        Checked(manifest, CheckpointNames.Model, () => ReplicaState.RestoreBuffers(
            model, name => file.Find(name) is null ? null : file.ToTensor(name).MoveToOtherDisposeScope(scope), "The checkpoint's model"));
    }

    /// <summary>Hands over the optimizer's state of a range of the flat buffer, whatever ranges it was written in.</summary>
    /// <param name="start">First element.</param>
    /// <param name="length">Elements.</param>
    /// <param name="states">Names of the state arrays, which must be those of the checkpoint.</param>
    /// <param name="sink">Is given each piece; offsets count from <paramref name="start"/>.</param>
    /// <returns>Steps the optimizer had taken.</returns>
    public async Task<long> LoadOptimizer(
        CheckpointManifest manifest,
        long start,
        long length,
        IReadOnlyList<string> states,
        OptimizerStateSink sink,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(sink);
        if (manifest.OptimizerRanges.Count == 0)
        {
            throw new CheckpointMismatchException("The checkpoint holds no optimizer state: its run did not exchange gradients, and cannot be resumed.");
        }

        var stored = manifest.OptimizerRanges[0].States;
        if (!stored.Order(StringComparer.Ordinal).SequenceEqual(states.Order(StringComparer.Ordinal)))
        {
            throw new CheckpointMismatchException(
                $"The checkpoint holds optimizer state [{string.Join(", ", stored)}] of {manifest.Optimizer}; this run needs [{string.Join(", ", states)}].");
        }

        foreach (var range in manifest.OptimizerRanges.Where(range => range.States.Count > 0 && range.Start < start + length && range.Start + range.Length > start))
        {
            using var file = await Open(manifest, CheckpointNames.Optimizer(range.Start, range.Length), cancellationToken);
            foreach (var state in states)
            {
                Copy(manifest, file, range, state, start, length, sink);
            }
        }

        return manifest.OptimizerRanges[0].Steps;
    }

    /// <summary>Restores a rank's random states and buffers.</summary>
    /// <returns>The rank's sums of the running epoch.</returns>
    public async Task<RunningSums> LoadRank(CheckpointManifest manifest, ModelReplica replica, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(replica);
        var rank = replica.Context.Rank;
        if (manifest.WorldSize != replica.Context.WorldSize)
        {
            throw new CheckpointMismatchException($"The checkpoint is of {manifest.WorldSize} ranks; this run has {replica.Context.WorldSize}.");
        }

        using var file = await Open(manifest, CheckpointNames.Rank(rank), cancellationToken);
        using var scope = NewDisposeScope();
        Checked(manifest, CheckpointNames.Rank(rank), () => replica.RestoreState(
            file.Entries.ToDictionary(entry => entry.Name, entry => file.ToTensor(entry.Name).MoveToOtherDisposeScope(scope))));
        return manifest.Ranks[rank].Sums;
    }

    private static void CheckLayout(CheckpointManifest manifest, ParameterLayout layout)
    {
        var expected = layout.Slots.Select(slot => $"{slot.Name} [{string.Join(", ", slot.Shape)}]");
        var found = manifest.Parameters.Select(parameter => $"{parameter.Name} [{string.Join(", ", parameter.Shape)}]");
        foreach (var (mine, stored) in expected.Append("(end)").Zip(found.Append("(end)")))
        {
            if (mine != stored)
            {
                throw new CheckpointMismatchException($"The checkpoint is of another model: it has parameter {stored} where this one has {mine}.");
            }
        }
    }

    private SafeTensorsEntry Entry(CheckpointManifest manifest, SafeTensorsFile file, ParameterSlot slot) =>
        file.Find(slot.Name) is { Dtype: "F32" } entry && entry.Shape.SequenceEqual(slot.Shape)
            ? entry
            : throw Corrupt(
                CheckpointNames.Folder(prefix, manifest.Step) + CheckpointNames.Model,
                $"expected parameter '{slot.Name}' as F32 [{string.Join(", ", slot.Shape)}], found it otherwise or not at all");

    private void Copy(
        CheckpointManifest manifest, SafeTensorsFile file, OptimizerRange range, string state, long start, long length, OptimizerStateSink sink)
    {
        const int Chunk = 64 << 20;
        var key = CheckpointNames.Folder(prefix, manifest.Step) + CheckpointNames.Optimizer(range.Start, range.Length);
        if (file.Find(state) is not { Dtype: "F32" } entry || entry.End - entry.Begin != range.Length * sizeof(float))
        {
            throw Corrupt(key, $"expected '{state}' as F32 [{range.Length}], found it otherwise or not at all");
        }

        var from = Math.Max(start, range.Start);
        var to = Math.Min(start + length, range.Start + range.Length);
        for (var at = from; at < to; at += Chunk)
        {
            var count = (int)Math.Min(Chunk, to - at);
            sink(state, at - start, MemoryMarshal.Cast<byte, float>(file.Bytes(entry, (at - range.Start) * sizeof(float), count * sizeof(float))));
        }
    }

    private void Checked(CheckpointManifest manifest, string name, Action restore)
    {
        try
        {
            restore();
        }
        catch (Exception exception) when (exception is InvalidDataException or SafeTensorsException)
        {
            throw Corrupt(CheckpointNames.Folder(prefix, manifest.Step) + name, exception.Message, exception);
        }
    }
}

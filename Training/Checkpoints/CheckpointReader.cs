using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OrleansTrain.Storage;
using OrleansTrain.Training.Native;
using OrleansTrain.Training.Replicas;
using OrleansTrain.Training.SafeTensors;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Checkpoints;

/// <summary>
/// Reads the checkpoints of one run. Every object's size and SHA-256 are checked before its contents are looked at, and nothing in one is code.
/// Thread-safe.
/// </summary>
/// <param name="store">Where they are.</param>
/// <param name="prefix">Key prefix of the run's checkpoints.</param>
/// <remarks>
/// All members throw <see cref="CheckpointCorruptException"/> when the checkpoint is torn or altered (take the one before),
/// <see cref="CheckpointMismatchException"/> when it is of another model, and <see cref="ObjectStoreException"/> when the store cannot be reached.
/// </remarks>
public sealed class CheckpointReader(IObjectStore store, string prefix)
{
    private const int MostManifestBytes = 64 << 20;

    /// <summary>Reads and checks the manifest of a step.</summary>
    public async Task<CheckpointManifest> ReadManifest(long step, CancellationToken cancellationToken = default)
    {
        var key = CheckpointNames.Folder(prefix, step) + CheckpointNames.Manifest;
        var info = await store.Stat(key, cancellationToken) ?? throw Corrupt(key, "expected a manifest, found none");
        if (info.Size is 0 or > MostManifestBytes)
        {
            throw Corrupt(key, $"expected a manifest of at most {MostManifestBytes} bytes, found {info.Size}");
        }

        var bytes = new byte[info.Size];
        try
        {
            await store.ReadRange(key, 0, bytes, info.ETag, cancellationToken);
            var manifest = CheckpointManifest.FromBytes(bytes);
            return manifest.Step == step ? manifest : throw Corrupt(key, $"expected step {step}, found {manifest.Step}");
        }
        catch (CheckpointCorruptException exception) when (!exception.Message.Contains(key, StringComparison.Ordinal))
        {
            throw Corrupt(key, exception.Message, exception);
        }
        catch (ObjectStoreException exception) when (IsTorn(exception))
        {
            throw Corrupt(key, exception.Message, exception);
        }
    }

    /// <summary>Reads every object once and checks it; keeps none.</summary>
    public async Task Verify(CheckpointManifest manifest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var buffer = new byte[1 << 20];
        foreach (var expected in manifest.Objects)
        {
            var key = await CheckSize(manifest, expected, cancellationToken);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            try
            {
                await using var stream = await store.OpenRead(key, cancellationToken);
                int count;
                while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    hash.AppendData(buffer, 0, count);
                }
            }
            catch (ObjectStoreException exception) when (IsTorn(exception))
            {
                throw Corrupt(key, exception.Message, exception);
            }

            CheckHash(key, expected, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
    }

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
            parameter.copy_(file.ToTensor(name).MoveToOtherDisposeScope(scope));
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

    /// <summary>Reads one object into host memory and checks it. The caller disposes it.</summary>
    public async Task<SafeTensorsFile> Open(CheckpointManifest manifest, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var expected = manifest.Objects.FirstOrDefault(item => item.Name == name)
            ?? throw Corrupt(CheckpointNames.Folder(prefix, manifest.Step) + name, "the manifest does not name it");
        var key = await CheckSize(manifest, expected, cancellationToken);
        var buffer = new HostBuffer(expected.Size);
        try
        {
            await Read(key, buffer, cancellationToken);
            CheckHash(key, expected, Hash(buffer));
            return SafeTensorsFile.Open(buffer);
        }
        catch (Exception exception)
        {
            buffer.Dispose();
            throw exception is SafeTensorsException || (exception is ObjectStoreException store && IsTorn(store))
                ? Corrupt(key, exception.Message, exception)
                : exception;
        }
    }

    private async Task Read(string key, HostBuffer buffer, CancellationToken cancellationToken)
    {
        const int Chunk = 4 << 20;
        await using var stream = await store.OpenRead(key, cancellationToken);
        for (long at = 0; at < buffer.Length; at += Chunk)
        {
            try
            {
                await stream.ReadExactlyAsync(buffer.Memory(at, (int)Math.Min(Chunk, buffer.Length - at)), cancellationToken);
            }
            catch (EndOfStreamException exception)
            {
                throw Corrupt(key, $"expected {buffer.Length} bytes, found fewer", exception);
            }
        }
    }

    private static string Hash(HostBuffer buffer)
    {
        const int Most = 1 << 30;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = 0; at < buffer.Length; at += Most)
        {
            hash.AppendData(buffer.Span(at, (int)Math.Min(Most, buffer.Length - at)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task<string> CheckSize(CheckpointManifest manifest, CheckpointObject expected, CancellationToken cancellationToken)
    {
        var key = CheckpointNames.Folder(prefix, manifest.Step) + expected.Name;
        var info = await store.Stat(key, cancellationToken) ?? throw Corrupt(key, $"expected {expected.Size} bytes, found no such object");
        return info.Size == expected.Size ? key : throw Corrupt(key, $"expected {expected.Size} bytes, found {info.Size}");
    }

    private static void CheckHash(string key, CheckpointObject expected, string found)
    {
        if (found != expected.Sha256)
        {
            throw Corrupt(key, $"expected SHA-256 {expected.Sha256}, found {found}");
        }
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

    private static bool IsTorn(ObjectStoreException exception) => exception.Error is ObjectStoreError.NotFound or ObjectStoreError.Changed;

    private static CheckpointCorruptException Corrupt(string key, string what, Exception? inner = null) =>
        new($"Checkpoint object {key}: {what}", inner);
}

/// <summary>Takes elements of an optimizer state array.</summary>
/// <param name="state">Name of the array.</param>
/// <param name="offset">First element, counted from the start of the range that was asked for.</param>
/// <param name="values">The elements.</param>
public delegate void OptimizerStateSink(string state, long offset, ReadOnlySpan<float> values);

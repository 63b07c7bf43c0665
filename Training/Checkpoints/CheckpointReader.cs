using OrleansTrain.Storage;

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
public sealed partial class CheckpointReader(IObjectStore store, string prefix)
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

    private static bool IsTorn(ObjectStoreException exception) => exception.Error is ObjectStoreError.NotFound or ObjectStoreError.Changed;

    private static CheckpointCorruptException Corrupt(string key, string what, Exception? inner = null) =>
        new($"Checkpoint object {key}: {what}", inner);
}


using System.Security.Cryptography;
using OrleansTrain.Storage;
using OrleansTrain.Training.Native;
using OrleansTrain.Training.SafeTensors;

namespace OrleansTrain.Training.Checkpoints;

// The objects themselves: there, of the right size, with the right bytes.
public sealed partial class CheckpointReader
{
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
}

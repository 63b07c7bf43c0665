using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using OrleansTrain.Storage;

namespace OrleansTrain.Ranks.Tests.Doubles;

/// <summary>Objects in memory; a test can damage them, refuse writes, or hold writes back.</summary>
internal sealed class MemoryStore : IObjectStore
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

    public string Description => "memory";

    /// <summary>Awaited before each write; throws to refuse it.</summary>
    public Func<string, Task> BeforeWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>Every key that was deleted, in order.</summary>
    public ConcurrentQueue<string> Deleted { get; } = [];

    public IReadOnlyList<string> Keys => [.. _objects.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The bytes themselves: changing them changes the object.</summary>
    public byte[] this[string key]
    {
        get => _objects[key];
        set => _objects[key] = value;
    }

    public Task<ObjectInfo?> Stat(string key, CancellationToken cancellationToken = default) =>
        Task.FromResult(_objects.TryGetValue(key, out var bytes) ? Info(key, bytes) : (ObjectInfo?)null);

    public async IAsyncEnumerable<ObjectInfo> List(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var key in Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            yield return Info(key, _objects[key]);
        }

        await Task.CompletedTask;
    }

    public Task ReadRange(string key, long offset, Memory<byte> destination, string? expectedETag = null, CancellationToken cancellationToken = default)
    {
        Find(key).AsMemory((int)offset, destination.Length).CopyTo(destination);
        return Task.CompletedTask;
    }

    public Task<Stream> OpenRead(string key, CancellationToken cancellationToken = default) => Task.FromResult<Stream>(new MemoryStream(Find(key), writable: false));

    public async Task<ObjectInfo> Write(string key, Stream content, long length, CancellationToken cancellationToken = default)
    {
        await BeforeWrite(key);
        var bytes = new byte[length];
        await content.ReadExactlyAsync(bytes, cancellationToken);
        _objects[key] = bytes;
        return Info(key, bytes);
    }

    public Task Delete(string key, CancellationToken cancellationToken = default)
    {
        Deleted.Enqueue(key);
        _objects.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    private byte[] Find(string key) => _objects.TryGetValue(key, out var bytes)
        ? bytes
        : throw new ObjectStoreException($"{key}: no such object", ObjectStoreError.NotFound);

    private static ObjectInfo Info(string key, byte[] bytes) =>
        new(key, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), DateTimeOffset.UnixEpoch);
}

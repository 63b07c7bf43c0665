using System.Text;
using OrleansTrain.Storage;

namespace OrleansTrain.Data.Tests.Storage;

/// <summary>What every store does alike. Run against a folder and against a real S3 server.</summary>
public abstract class ObjectStoreContract
{
    private protected abstract IObjectStore Store { get; }

    [Fact]
    public async Task WhatIsWrittenIsRead()
    {
        var written = await Put("a/b c+d é.txt", "hello");
        var stat = await Store.Stat("a/b c+d é.txt");
        Assert.Equal((5, written.ETag), (stat!.Value.Size, stat.Value.ETag));
        Assert.Equal("hello", await Get("a/b c+d é.txt"));
        var middle = new byte[3];
        await Store.ReadRange("a/b c+d é.txt", 1, middle, written.ETag);
        Assert.Equal("ell", Encoding.UTF8.GetString(middle));
    }

    [Fact]
    public async Task OnlyTheAnnouncedLengthIsWritten()
    {
        var content = new MemoryStream(Encoding.UTF8.GetBytes("0123456789")) { Position = 2 };
        await Store.Write("part", content, 3);
        Assert.Equal("234", await Get("part"));
    }

    [Fact]
    public async Task ShortContentLeavesTheOldObject()
    {
        await Put("kept", "old");
        await Assert.ThrowsAsync<ObjectStoreException>(() => Store.Write("kept", new MemoryStream(new byte[2]), 3));
        Assert.Equal("old", await Get("kept"));
    }

    [Fact]
    public async Task AnEmptyObjectIsAnObject()
    {
        await Put("empty", "");
        Assert.Equal(0, (await Store.Stat("empty"))!.Value.Size);
        Assert.Equal("", await Get("empty"));
        await Store.ReadRange("empty", 0, Memory<byte>.Empty);
    }

    [Fact]
    public async Task ALargeObjectArrivesWhole()
    {
        var bytes = new byte[(17 << 20) + 5];
        new Random(1).NextBytes(bytes);
        var written = await Store.Write("large", new MemoryStream(bytes), bytes.Length);
        var back = new byte[bytes.Length];
        await Store.ReadRange("large", 0, back, written.ETag);
        Assert.Equal(bytes, back);
        await using var stream = await Store.OpenRead("large");
        var streamed = new MemoryStream();
        await stream.CopyToAsync(streamed);
        Assert.Equal(bytes, streamed.ToArray());
    }

    [Fact]
    public async Task AStreamThatCannotBeRewoundArrivesWhole()
    {
        var bytes = new byte[(11 << 20) + 3];
        new Random(2).NextBytes(bytes);
        await using var once = new OnceReadStream(bytes);
        var written = await Store.Write("streamed", once, bytes.Length);
        var back = new byte[bytes.Length];
        await Store.ReadRange("streamed", 0, back, written.ETag);
        Assert.Equal(bytes, back);
    }

    [Fact]
    public async Task ReplacingChangesTheETag()
    {
        var first = await Put("versioned", "aaa");
        var second = await Put("versioned", "bbb");
        Assert.NotEqual(first.ETag, second.ETag);
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.ReadRange("versioned", 0, new byte[1], first.ETag));
        Assert.Equal(ObjectStoreError.Changed, error.Error);
    }

    [Fact]
    public async Task ReadingPastTheEndSaysExpectedAndFound()
    {
        await Put("short", "12345");
        foreach (var (offset, length) in new[] { (0, 6), (4, 2), (9, 1) })
        {
            var error = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.ReadRange("short", offset, new byte[length]));
            Assert.Equal(ObjectStoreError.Changed, error.Error);
            Assert.Contains($"expected {offset + length} bytes, found", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WhatIsNotThereIsNull()
    {
        Assert.Null(await Store.Stat("nothing/here"));
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.ReadRange("nothing/here", 0, new byte[1]));
        Assert.Equal(ObjectStoreError.NotFound, error.Error);
        error = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.OpenRead("nothing/here"));
        Assert.Equal(ObjectStoreError.NotFound, error.Error);
        await Store.Delete("nothing/here");
    }

    [Fact]
    public async Task DeletedObjectsAreGone()
    {
        await Put("gone/x", "1");
        await Store.Delete("gone/x");
        Assert.Null(await Store.Stat("gone/x"));
        Assert.Empty(await Keys("gone/"));
    }

    [Fact]
    public async Task ListingIsInKeyOrderAndByPrefix()
    {
        string[] keys = ["list/a/1", "list/a/2/3", "list/a0", "list/b", "listing"];
        foreach (var key in keys.Reverse())
        {
            await Put(key, key);
        }

        Assert.Equal(keys, await Keys("list"));
        Assert.Equal(keys[..4], await Keys("list/"));
        Assert.Equal(keys[..3], await Keys("list/a"));
        Assert.Equal(keys[..2], await Keys("list/a/"));
        Assert.Empty(await Keys("list/c"));
    }

    [Fact]
    public async Task ListingGoesOnOverPages()
    {
        await Parallel.ForAsync(0, 1100, async (i, _) => await Put($"many/{i:0000}", ""));
        Assert.Equal(Enumerable.Range(0, 1100).Select(i => $"many/{i:0000}"), await Keys("many/"));
    }

    private protected Task<ObjectInfo> Put(string key, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Store.Write(key, new MemoryStream(bytes), bytes.Length);
    }

    private async Task<string> Get(string key)
    {
        using var reader = new StreamReader(await Store.OpenRead(key));
        return await reader.ReadToEndAsync();
    }

    private protected async Task<List<string>> Keys(string prefix)
    {
        var keys = new List<string>();
        await foreach (var info in Store.List(prefix))
        {
            keys.Add(info.Key);
        }

        return keys;
    }
}

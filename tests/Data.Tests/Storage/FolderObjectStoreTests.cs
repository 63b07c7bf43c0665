using OrleansTrain.Storage;
using OrleansTrain.Storage.Folder;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Data.Tests.Storage;

/// <summary>The contract in a folder, and what only a folder has.</summary>
public sealed class FolderObjectStoreTests : ObjectStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FolderObjectStore _store;

    public FolderObjectStoreTests() => _store = new FolderObjectStore(Path.Combine(_folder.Path, "store"));

    private protected override IObjectStore Store => _store;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("a//b")]
    [InlineData("/absolute")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("")]
    public async Task AKeyCannotEscape(string key)
    {
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => Put(key, "x"));
        Assert.Equal(ObjectStoreError.InvalidName, error.Error);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "store")));
    }

    [Fact]
    public async Task AFailedWriteLeavesNothing()
    {
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.Write("x/y", new MemoryStream(new byte[1]), 2));
        Assert.Contains("the content of 'x/y' ends after 1 of 2 bytes", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3 << 20)]
    public async Task ACancelledWriteSaysSoAndLeavesNothing(int length)
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Write("x/y", new MemoryStream(new byte[length]), length, new CancellationToken(true)));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task LargeAndSmallObjectsAreWrittenWhole()
    {
        foreach (var length in (int[])[0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (2 << 20) + 7])
        {
            var content = new byte[length];
            new Random(length).NextBytes(content);
            await using var trickle = new Trickle(content);
            await Store.Write("sizes/object", trickle, length);
            Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "store", "sizes", "object")));
        }
    }

    [Fact]
    public async Task AFullDiskIsSaid()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // /dev/full answers every write with "no space left"; the error must come through the same translation.
        var error = FolderErrors.Translate(await Assert.ThrowsAnyAsync<IOException>(() => File.WriteAllTextAsync("/dev/full", "x")), "write", "/dev/full");
        Assert.Equal(ObjectStoreError.NoSpace, error.Error);
        Assert.Equal("Cannot write /dev/full: no space left on the disk; free some or choose another folder.", error.Message);
    }

    [Fact]
    public async Task APlaceThatIsNoFolderIsSaid()
    {
        await Put("file", "x");
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => Put("file/below", "x"));
        Assert.Contains("Cannot write", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderSortsAsItsNameWithASlash()
    {
        string[] keys = ["a-1", "a/1", "a0"]; // '-' < '/' < '0'
        foreach (var key in keys)
        {
            await Put(key, "");
        }

        Assert.Equal(keys, await Keys(""));
    }

    [Fact]
    public async Task EmptyFoldersGo()
    {
        await Put("step-1/weights", "x");
        await Store.Delete("step-1/weights");
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "store", "step-1")));
    }

    [Fact]
    public async Task ALinkIsReadAsTheFileItLeadsTo()
    {
        // A folder that is a link, with a link in it that goes up from where the folder really is.
        Place("real/data.csv", "a,b\n1,2\n");
        Link("real/inner/data.csv", "../data.csv");
        Link("store/set", Path.Combine("..", "real", "inner"));
        var stat = await Store.Stat("set/data.csv");
        Assert.Equal(8, stat!.Value.Size);
        Assert.Equal(["set/data.csv"], await Keys(""));
        await foreach (var listed in Store.List("set/"))
        {
            Assert.Equal(stat, listed);
        }

        var bytes = new byte[8];
        await Store.ReadRange("set/data.csv", 0, bytes, stat.Value.ETag);
        Assert.Equal("a,b\n1,2\n"u8.ToArray(), bytes);
    }

    [Fact]
    public async Task WritingAndDeletingALinkLeaveWhatItLeadsTo()
    {
        Place("real/data", "old");
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "real", "data"), DateTime.UtcNow.AddHours(1));
        Link("store/data", "../real/data");
        var before = (await Store.Stat("data"))!.Value;
        var after = await Put("data", "new");
        Assert.True(after.LastModified > before.LastModified);
        Assert.Equal(after, await Store.Stat("data"));
        Link("store/again", "../real/data");
        await Store.Delete("again");
        Assert.Equal(["data"], await Keys(""));
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(_folder.Path, "real", "data")));
    }

    [Theory]
    [InlineData("../lost", "a")]
    [InlineData("a", "a")]
    public async Task ALinkThatLeadsNowhereIsNamed(string target, string name)
    {
        Link($"store/{name}", target);
        var expected = $"{Path.Combine(_folder.Path, "store", name)} is a link to {target}, which is not there: restore that file, or remove the link.";
        Assert.Equal(expected, (await Assert.ThrowsAsync<ObjectStoreException>(() => Keys(""))).Message);
        Assert.Equal(expected, (await Assert.ThrowsAsync<ObjectStoreException>(() => Store.Stat(name))).Message);
        await Put(name, "x");
        Assert.Equal([name], await Keys(""));
    }

    private void Place(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void Link(string name, string target)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
    }

    /// <summary>Gives a few thousand bytes at a time, as a network does.</summary>
    private sealed class Trickle(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 4099)], cancellationToken);
    }
}

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
        await Assert.ThrowsAsync<ObjectStoreException>(() => Store.Write("x/y", new MemoryStream(new byte[1]), 2));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
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
}

using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Sessions;

namespace OrleansTrain.Client.Tests.Sessions;

public sealed class HomeFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleanstrain").FullName;

    [Fact]
    public void ItIsBelowTheWorkingFolderUnlessNamed()
    {
        Assert.Equal(Path.Combine(_folder, ".orleanstrain"), HomeFolder.Locate(_ => null, _folder).Root);
        Assert.Equal(Path.Combine(_folder, "there"), HomeFolder.Locate(name => name == "ORLEANSTRAIN_HOME" ? "there" : null, _folder).Root);
    }

    [Fact]
    public void PreparingMakesItsFoldersAndLeavesNothingElse()
    {
        var home = HomeFolder.Locate(_ => null, _folder);

        home.Prepare();

        Assert.Equal([home.State, home.Store, home.Tracking], Directory.GetFileSystemEntries(home.Root, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void WhatCannotBeWrittenIsOneLine()
    {
        // A file where the folder should be: refused also to root, unlike a folder without rights.
        File.WriteAllText(Path.Combine(_folder, "home"), "");

        var refused = Assert.Throws<UsageException>(() => HomeFolder.Locate(_ => "home", _folder).Prepare());

        Assert.StartsWith($"the home folder {Path.Combine(_folder, "home")} cannot be written to: ", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("set ORLEANSTRAIN_HOME to another folder", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

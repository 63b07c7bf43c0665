using System.Runtime.InteropServices;
using OrleansTrain.Training.Native;

namespace OrleansTrain.Training.Tests;

public sealed unsafe class MemoryLibraryTests
{
    [Fact]
    public void Each_of_several_libraries_is_its_own()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return;
        }

        var names = Enumerable.Range(0, 3).Select(i => $"orleanstrain_test_{Guid.NewGuid():N}_{i}").ToList();
        var loaded = names.Select((name, i) => MemoryLibrary.Load("orleanstrain-test", LibraryImage.OfConstant(name, i))).ToList();

        Assert.All(loaded, library => Assert.Null(library.Error));
        Assert.Equal([0, 1, 2], names.Select((name, i) => ((delegate* unmanaged<int>)NativeLibrary.GetExport(loaded[i].Handle, name))()));
    }

    [Fact]
    public void What_is_no_library_is_an_error_in_words()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var (handle, error) = MemoryLibrary.Load("orleanstrain-test", [1, 2, 3]);

        Assert.Equal(0, handle);
        Assert.NotEmpty(error!);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OrleansTrain.Training.Native;
using TorchSharp;

namespace OrleansTrain.Training.Tests;

/// <summary>Threads that compute their first logarithm at once must find MKL's kernels for it chosen.</summary>
public sealed unsafe class VectorMathTests
{
    private const int NotChosen = -1;

    private static int? _afterInitialize;

#pragma warning disable CA2255 // Any other test may compute a logarithm before this one: what Initialize leaves is looked at before all of them.
    [ModuleInitializer]
    internal static void Initialize()
#pragma warning restore CA2255
    {
        TorchRuntime.Initialize();
        _afterInitialize = Chosen();
    }

    [Fact]
    public void ItsKernelsAreChosenBeforeAnyThreadAsks()
    {
        if (OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            Assert.NotNull(_afterInitialize);
            Assert.NotEqual(NotChosen, _afterInitialize);
        }
    }

    // The function begins by loading the word: mov eax, [rip + distance]. Calling it would set it.
    private static int? Chosen()
    {
        var libtorch = NativeLibrary.Load("torch_cpu", typeof(torch).Assembly, null);
        return NativeLibrary.TryGetExport(libtorch, "mkl_vml_serv_cpu_detect", out var function) && *(ushort*)function == 0x058B
            ? *(int*)(function + 6 + *(int*)(function + 2))
            : null;
    }
}

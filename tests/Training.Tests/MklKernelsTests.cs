using System.Runtime.InteropServices;
using OrleansTrain.Training.Native;
using TorchSharp;

namespace OrleansTrain.Training.Tests;

public sealed unsafe class MklKernelsTests
{
    private static bool OnLinuxX64 => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    [Theory]
    [InlineData("mkl_serv_intel_cpu_true", 1)]
    [InlineData("another_name", -7)]
    public void The_loader_takes_the_library_and_finds_its_function(string function, int value)
    {
        if (!OnLinuxX64)
        {
            return;
        }

        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.so");
        File.WriteAllBytes(path, LibraryImage.OfConstant(function, value));
        try
        {
            var library = NativeLibrary.Load(path);
            var exported = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, function);

            Assert.Equal(value, exported());
            Assert.False(NativeLibrary.TryGetExport(library, function + "_", out _));
            NativeLibrary.Free(library);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void MKL_chooses_as_was_decided()
    {
        if (!OnLinuxX64)
        {
            return;
        }

        TorchRuntime.Initialize();
        // MKL's own word on what it runs on: 0 is a processor of another maker.
        var torch = NativeLibrary.Load("torch_cpu", typeof(torch).Assembly, null);
        var type = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(torch, "mkl_serv_get_cpu_type");

        Assert.DoesNotContain("not decided", MklKernels.Decision, StringComparison.Ordinal);
        if (MklKernels.Forced)
        {
            Assert.NotEqual(0, type(1));
        }
    }

    [Fact]
    public void A_product_is_right_with_the_kernels_chosen()
    {
        TorchRuntime.Initialize();
        using var scope = torch.NewDisposeScope();
        var left = torch.randn(33, 1027, dtype: torch.ScalarType.Float64);
        var right = torch.randn(1027, 65, dtype: torch.ScalarType.Float64);

        var expected = left.matmul(right);
        var actual = left.to(torch.ScalarType.Float32).matmul(right.to(torch.ScalarType.Float32)).to(torch.ScalarType.Float64);

        // A sum of 1027 products of normal numbers, in single precision.
        Assert.True((expected - actual).abs().max().item<double>() < 1e-3);
    }
}

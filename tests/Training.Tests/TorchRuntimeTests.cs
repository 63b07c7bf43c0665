using OrleansTrain.Training.Native;

namespace OrleansTrain.Training.Tests;

/// <summary>libtorch that loads, and that does not.</summary>
public sealed class TorchRuntimeTests
{
    [Fact]
    public void InitializeCanBeCalledAgain()
    {
        TorchRuntime.Initialize();
        TorchRuntime.Initialize();
    }

    [Theory]
    [InlineData(
        "Unable to load shared library 'LibTorchSharp'\n/app/libLibTorchSharp.so: no\n/usr/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by libLibTorchSharp.so)",
        "libtorch cannot be loaded: /usr/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found")]
    [InlineData("Unable to load shared library 'torch_cpu' or one of its dependencies.\nmore", "libtorch cannot be loaded: Unable to load shared library 'torch_cpu'")]
    public void WhyItDoesNotLoadIsOneLine(string loader, string expected)
    {
        var failure = Assert.Throws<TorchUnavailableException>(() => TorchRuntime.Start(() => throw new DllNotFoundException(loader)));

        Assert.StartsWith(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Contains("docs/native.md", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyAutoMayChooseADevice()
    {
        Assert.Equal(TorchSharp.DeviceType.CPU, DeviceChoice.Resolve("cpu", 3).type);
        Assert.Throws<ArgumentException>(() => DeviceChoice.Resolve("gpu", 0));
        var beyond = DeviceChoice.CudaDeviceCount();
        Assert.Equal(TorchSharp.DeviceType.CPU, DeviceChoice.Resolve("auto", beyond).type);
        var failure = Assert.Throws<DeviceUnavailableException>(() => DeviceChoice.Resolve("cuda", beyond));
        Assert.Contains("device: cuda was asked for", failure.Message, StringComparison.Ordinal);
    }
}

using TorchSharp;

namespace OrleansTrain.Training.Tests;

/// <summary>libtorch loads here at all: on an older libstdc++ that takes what build/NativeCompat.targets does.</summary>
public sealed class NativeTorchTests
{
    [Fact]
    public void LibtorchLoadsAndComputes()
    {
        using var sum = torch.ones(2).sum();

        Assert.Equal(2f, sum.item<float>());
    }
}

using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Sessions;

namespace OrleansTrain.Client.Tests.Sessions;

public class EmbeddedDevicesTests
{
    [Theory]
    [InlineData("cpu", 2, 1, 8, "cpu")]
    [InlineData("auto", 2, 1, 0, "cpu")]
    [InlineData("auto", 2, 1, 1, "cpu")]
    [InlineData("auto", 2, 1, 2, "cuda")]
    [InlineData("auto", 2, 2, 2, "cpu")]
    [InlineData("cuda", 2, 1, 2, "cuda")]
    public void Each_rank_has_a_GPU_or_none_has(string device, int ranks, int silos, int gpus, string chosen) =>
        Assert.Equal(chosen, EmbeddedDevices.Choose(device, ranks, silos, () => gpus));

    [Fact]
    public void Cuda_that_is_not_there_is_refused_rather_than_waited_for()
    {
        var refusal = Assert.Throws<UsageException>(() => EmbeddedDevices.Choose("cuda", 2, 1, () => 1));
        Assert.StartsWith("device: cuda needs a GPU for each of the 2 ranks; found 1.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Silos_of_one_process_do_not_share_a_GPU()
    {
        var refusal = Assert.Throws<UsageException>(() => EmbeddedDevices.Choose("cuda", 2, 2, () => 2));
        Assert.Contains("--silos 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Libtorch_is_not_loaded_to_compute_on_the_CPU() =>
        Assert.Equal("cpu", EmbeddedDevices.Choose("cpu", 2, 1, () => throw new InvalidOperationException("asked")));
}

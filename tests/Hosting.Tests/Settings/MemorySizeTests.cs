namespace OrleansTrain.Hosting.Tests.Settings;

public sealed class MemorySizeTests
{
    [Theory]
    [InlineData("536870912", 536870912)]
    [InlineData("512Mi", 512L << 20)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("0.5 gib", 512L << 20)]
    [InlineData("500M", 500_000_000)]
    [InlineData("2k", 2000)]
    [InlineData("1TiB", 1L << 40)]
    [InlineData("0", 0)]
    public void Sizes_are_read_as_Docker_and_Kubernetes_write_them(string text, long bytes) => Assert.Equal(bytes, MemorySize.Parse(text, "--size"));

    [Theory]
    [InlineData("")]
    [InlineData("much")]
    [InlineData("-1")]
    [InlineData("12Qi")]
    [InlineData("1,5Gi")]
    [InlineData("99999999999TiB")]
    public void What_is_no_size_is_named(string text) =>
        Assert.Equal(
            $"--size must be a size of memory, such as 512Mi or 4GiB; found '{text}'.",
            Assert.Throws<FormatException>(() => MemorySize.Parse(text, "--size")).Message);

    [Fact]
    public void The_variable_is_optional()
    {
        Assert.Null(MemorySize.DatasetFromEnvironment(_ => ""));
        Assert.Equal(1L << 30, MemorySize.DatasetFromEnvironment(name => name == "ORLEANSTRAIN_DATASET_MEMORY" ? "1Gi" : null));
    }
}

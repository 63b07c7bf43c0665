namespace OrleansTrain.Cluster.Tests;

/// <summary>Silos of one host read each other's gradients where autograd wrote them.</summary>
[Collection(ClusterTests.Name)]
public class LentGradientsTests(ClusterFixture fixture)
{
    /// <summary>
    /// It takes a library of ours that is loaded before libtorch: whatever a silo asks of libtorch at its start must not come first. Without it the
    /// gradients are copied, with the same bits, and nothing else would show.
    /// </summary>
    [Fact]
    public async Task Every_silo_has_loaded_what_lends_gradients_before_libtorch()
    {
        var cluster = await fixture.With();

        foreach (var silo in cluster.Silos)
        {
            var mappings = await File.ReadAllLinesAsync($"/proc/{silo.Process.Id}/maps");
            Assert.Contains(mappings, mapping => mapping.EndsWith("/libc10.so", StringComparison.Ordinal));
            Assert.Contains(mappings, mapping => mapping.Contains("orleanstrain-tensors", StringComparison.Ordinal));
        }
    }
}

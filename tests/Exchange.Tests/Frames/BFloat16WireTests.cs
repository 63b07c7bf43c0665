using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Tests.Support;
using static TorchSharp.torch;

namespace OrleansTrain.Exchange.Tests.Frames;

/// <summary>Gradients that are rounded for the wire: as torch rounds, and only where asked for.</summary>
public sealed class BFloat16WireTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(1000)]
    public void RoundsAsTorchDoes(int count)
    {
        var random = new Random(count);
        var values = Enumerable.Range(0, count).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))).ToArray();
        float[] special = [0, -0f, 1, 1.00390625f, 1.01171875f, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, float.NaN];
        special.AsSpan(0, Math.Min(count, special.Length)).CopyTo(values);
        using var expected = tensor(values).to(ScalarType.BFloat16).to(ScalarType.Float32);

        Assert.Equal(expected.data<float>().ToArray(), RoundTrip(values));
    }

    [Fact]
    public async Task HalvesTheBytesOfGradientsAndStaysCloseAndReproducible()
    {
        var exact = await Train(GradientWireType.Float32);
        var rounded = await Train(GradientWireType.BFloat16);
        var again = await Train(GradientWireType.BFloat16);

        Assert.Equal(rounded.Parameters, again.Parameters);
        Assert.NotEqual(exact.Parameters, rounded.Parameters);
        // Gradients and parameters are as many bytes each way: without half of the gradients' three quarters are left.
        Assert.InRange((double)rounded.Sent / exact.Sent, 0.74, 0.76);
        // One of two equal terms is rounded to eight bits.
        var farthest = exact.Parameters.Zip(rounded.Parameters).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.InRange(farthest, 1e-9, 1f / 256 * 2);
    }

    private static async Task<(float[] Parameters, long Sent)> Train(GradientWireType wire)
    {
        var layout = SyntheticModel.Layout([300, 1000]);
        await using var cluster = await Cluster.Start(ExchangeMode.Tcp, [[0], [1]], layout, change: plan => plan with { GradientWire = wire });
        var before = cluster.Sessions[0].Statistics.BytesSent;
        foreach (var step in Enumerable.Range(0, 3))
        {
            await Task.WhenAll(Enumerable.Range(0, 2).Select(rank => RankThread.Run(() =>
                RankThread.Step(cluster.Sessions[rank], rank, Gradients(layout, rank, step), step, 0.1))));
        }

        Assert.Equal(cluster.Parameters(0), cluster.Parameters(1));
        return (cluster.Parameters(0), cluster.Sessions[0].Statistics.BytesSent - before);
    }

    private static float[][] Gradients(Training.ParameterLayout layout, int rank, int step)
    {
        var random = new Random((rank * 100) + step);
        return [.. layout.Slots.Select(slot => Enumerable.Range(0, (int)slot.Length).Select(_ => random.NextSingle() - 0.5f).ToArray())];
    }

    private static unsafe float[] RoundTrip(float[] values)
    {
        var narrow = new ushort[values.Length];
        var wide = new float[values.Length];
        fixed (float* source = values, target = wide)
        fixed (ushort* middle = narrow)
        {
            BFloat16Wire.Narrow(source, middle, values.Length);
            BFloat16Wire.Widen(middle, target, values.Length);
        }

        return wide;
    }
}

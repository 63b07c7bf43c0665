using BenchmarkDotNet.Attributes;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Parts;

/// <summary>The mean of the gradients of R ranks in tree order, a million elements, one thread.</summary>
public unsafe class SumBenchmarks : IDisposable
{
    private const int Length = 1 << 20;

    private NativeFloats[] _gradients = [];
    private readonly NativeFloats _mean = new(Length);
    private BlockSum? _sum;

    [Params(2, 8, 64)]
    public int Ranks { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _gradients = [.. Enumerable.Range(0, Ranks).Select(_ => new NativeFloats(Length))];
        var tree = new ReductionTree(Ranks);
        _sum = new BlockSum(tree.Compile(tree.Root, [.. Enumerable.Range(0, Ranks).Select(rank => new TreeNode(rank, 0))]));
    }

    [Benchmark]
    public void SumScaled()
    {
        Span<nint> sources = stackalloc nint[Ranks];
        for (var start = 0; start < Length; start += BlockSum.BlockLength)
        {
            for (var rank = 0; rank < Ranks; rank++)
            {
                sources[rank] = (nint)(_gradients[rank].Pointer + start);
            }

            _sum!.SumScaled(sources, 1f / Ranks, _mean.Pointer + start, BlockSum.BlockLength);
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        Array.ForEach(_gradients, gradient => gradient.Dispose());
        _mean.Dispose();
        _sum?.Dispose();
        GC.SuppressFinalize(this);
    }
}

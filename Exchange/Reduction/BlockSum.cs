using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Exchange.Reduction;

/// <summary>
/// Runs a <see cref="SumProgram"/> over blocks small enough to stay in the first-level cache. Owns the registers: one a thread.
/// </summary>
internal sealed unsafe class BlockSum(SumProgram program) : IDisposable
{
    /// <summary>
    /// Elements a block has at most: 2 KB. Small enough that the streams of a step (gradients, parameters, optimizer state) go on side by side and
    /// the processor keeps fetching ahead in each; with 8 KB it lost track of them (docs/performance.md).
    /// </summary>
    public const int BlockLength = 512;

    private readonly Addition[] _additions = [.. program.Additions];
    private readonly NativeFloats _registers = new((long)Math.Max(program.Registers, 1) * BlockLength);

    /// <summary>Number of inputs.</summary>
    public int Sources => program.Sources;

    /// <summary>Whether there is one source and nothing to add.</summary>
    public bool IsCopy => _additions.Length == 0;

    /// <summary>The sum of the sources, without scaling.</summary>
    /// <param name="sources">One pointer a source, to the first element of the block.</param>
    /// <param name="target">Where the sum goes; not one of the sources.</param>
    /// <param name="count">At most <see cref="BlockLength"/>.</param>
    public void Sum(ReadOnlySpan<nint> sources, float* target, int count)
    {
        if (_additions.Length == 0)
        {
            new ReadOnlySpan<float>((float*)sources[0], count).CopyTo(new Span<float>(target, count));
            return;
        }

        var last = RunAllButLast(sources, count);
        SumKernels.Add(Locate(last.Left, sources), Locate(last.Right, sources), target, count);
    }

    /// <summary>The sum of the sources times <paramref name="scale"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SumScaled(ReadOnlySpan<nint> sources, float scale, float* target, int count)
    {
        if (_additions.Length == 0)
        {
            SumKernels.Scale((float*)sources[0], scale, target, count);
            return;
        }

        var last = RunAllButLast(sources, count);
        SumKernels.AddScaled(Locate(last.Left, sources), Locate(last.Right, sources), scale, target, count);
    }

    public void Dispose() => _registers.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Addition RunAllButLast(ReadOnlySpan<nint> sources, int count)
    {
        for (var i = 0; i < _additions.Length - 1; i++)
        {
            ref readonly var addition = ref _additions[i];
            SumKernels.Add(Locate(addition.Left, sources), Locate(addition.Right, sources), Register(addition.Target), count);
        }

        return _additions[^1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Locate(Operand operand, ReadOnlySpan<nint> sources) =>
        operand.IsSource ? (float*)sources[operand.Index] : Register(operand.Index);

    private float* Register(int index) => _registers.Pointer + ((long)index * BlockLength);
}

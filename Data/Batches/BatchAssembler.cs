using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Order;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Batches;

/// <summary>
/// Gathers records of shared blocks into the tensors of a batch, converting and scaling them on the way. Allocates nothing for a sample.
/// Used by one thread at a time.
/// </summary>
internal sealed unsafe class BatchAssembler(BatchLayout layout, int recordBytes, IReadOnlyList<SampleTransform> transforms, long seed)
{
    private const int CacheLine = 64;
    private const int Ahead = 8;

    // What is longer, the processor's own prefetcher follows.
    private const int LongestPrefetch = 1024;

    private readonly int _inputLength = layout.InputLength;
    private readonly int _targetLength = layout.Target.Length;
    private readonly float[] _scratch = transforms.Count > 0 ? new float[layout.InputLength] : [];

    /// <summary>Gathers some records of a batch.</summary>
    /// <param name="samples">All records of the batch.</param>
    /// <param name="from">The first to gather; those before it have been.</param>
    /// <param name="to">Behind the last to gather.</param>
    /// <param name="blocks">The blocks by number, referenced by the caller; those named in <paramref name="samples"/> are there.</param>
    /// <param name="firstSample">Number of each block's first record in the dataset, which seeds what is drawn for it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Assemble(BatchBuffers buffers, ReadOnlySpan<SampleRef> samples, int from, int to, DataBlock?[] blocks, long[] firstSample, int epoch)
    {
        if (from == 0)
        {
            foreach (var sample in samples[..Math.Min(Ahead, samples.Length)])
            {
                Prefetch(sample, blocks);
            }
        }

        for (var i = from; i < to; i++)
        {
            if (i + Ahead < samples.Length)
            {
                Prefetch(samples[i + Ahead], blocks);
            }

            var sample = samples[i];
            var record = blocks[sample.Block]!.Start + ((long)sample.Record * recordBytes);
            var input = buffers.Inputs + ((long)i * _inputLength);
            GatherInput(record, input);
            GatherTarget(record, buffers.Targets, i);
            if (transforms.Count > 0)
            {
                var random = new SampleRandom(seed, epoch, firstSample[sample.Block] + sample.Record);
                Transform(new Span<float>(input, _inputLength), ref random);
            }
        }
    }

    // Shuffled records lie all over memory: without this half of a small model's batch is waiting for it. Into the second-level cache: the first
    // takes few at a time, and a thread with more of them waits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(SampleRef sample, DataBlock?[] blocks)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        var record = blocks[sample.Block]!.Start + ((long)sample.Record * recordBytes);
        for (var line = 0; line < Math.Min(recordBytes, LongestPrefetch); line += CacheLine)
        {
            Sse.Prefetch1(record + line);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void GatherInput(byte* record, float* destination)
    {
        foreach (var column in layout.Inputs)
        {
            var source = record + column.Offset;
            var step = column.PerPair * column.Type.Size();
            for (var pair = 0; pair < column.Multiply.Length; pair++)
            {
                Gather.ToFloat(column.Type, source, destination, column.PerPair, column.Multiply[pair], column.Add[pair]);
                source += step;
                destination += column.PerPair;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void GatherTarget(byte* record, nint targets, int index)
    {
        var source = record + layout.TargetOffset;
        if (layout.Target.Type.IsFloat())
        {
            Gather.ToFloat(layout.Target.Type, source, (float*)targets + ((long)index * _targetLength), _targetLength, 1, 0);
        }
        else
        {
            Gather.ToInt64(layout.Target.Type, source, (long*)targets + ((long)index * _targetLength), _targetLength);
        }
    }

    private void Transform(Span<float> sample, ref SampleRandom random)
    {
        foreach (var transform in transforms)
        {
            transform.Apply(sample, layout.InputShape, ref random, _scratch);
        }
    }
}

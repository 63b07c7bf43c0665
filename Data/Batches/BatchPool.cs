using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OrleansTrain.Data.Schema;
using static TorchSharp.torch;

namespace OrleansTrain.Data.Batches;

/// <summary>
/// Lends the tensors of batches and takes them back when a batch is disposed, so that training allocates no native memory a step. Thread-safe.
/// </summary>
internal sealed class BatchPool(BatchLayout layout, int batchSize) : IDisposable
{
    private readonly ConcurrentBag<BatchBuffers> _free = [];
    private volatile bool _disposed;

    public BatchBuffers Rent() => _free.TryTake(out var buffers) ? buffers : new BatchBuffers(layout, batchSize);

    public Batch Batch(BatchBuffers buffers, int count, Func<string> origin)
    {
        var whole = count == batchSize;
        var inputs = whole ? buffers.InputTensor : Part(buffers.InputTensor, count);
        var targets = whole ? buffers.TargetTensor : Part(buffers.TargetTensor, count);
        return new Batch(inputs, targets, count, origin, () =>
        {
            if (!whole)
            {
                inputs.Dispose();
                targets.Dispose();
            }

            Return(buffers);
        });
    }

    public void Dispose()
    {
        _disposed = true;
        while (_free.TryTake(out var buffers))
        {
            buffers.Dispose();
        }
    }

    private static Tensor Part(Tensor tensor, int count) => tensor.narrow(0, 0, count).DetachFromDisposeScope();

    public void Return(BatchBuffers buffers)
    {
        if (_disposed || buffers.InputTensor.IsInvalid || buffers.TargetTensor.IsInvalid)
        {
            buffers.Dispose();
            return;
        }

        _free.Add(buffers);
        if (_disposed)
        {
            Dispose();
        }
    }
}

/// <summary>The tensors of a full batch and where their values start.</summary>
internal sealed unsafe class BatchBuffers : IDisposable
{
    public BatchBuffers(BatchLayout layout, int batchSize)
    {
        // Made on the rank's thread, maybe inside the scope of a step, which must not free them.
        InputTensor = empty([batchSize, .. layout.InputShape], ScalarType.Float32).DetachFromDisposeScope();
        var dtype = layout.Target.Type.IsFloat() ? ScalarType.Float32 : ScalarType.Int64;
        TargetTensor = empty([batchSize, .. layout.Target.Shape.Select(size => (long)size)], dtype).DetachFromDisposeScope();
        Inputs = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(InputTensor.bytes));
        Targets = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(TargetTensor.bytes));
    }

    public Tensor InputTensor { get; }

    public Tensor TargetTensor { get; }

    public float* Inputs { get; }

    public nint Targets { get; }

    public void Dispose()
    {
        InputTensor.Dispose();
        TargetTensor.Dispose();
    }
}

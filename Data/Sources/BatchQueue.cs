using System.Runtime.ExceptionServices;
using OrleansTrain.Data.Batches;
using OrleansTrain.Data.Order;

namespace OrleansTrain.Data.Sources;

/// <summary>
/// A rank's next batches, in order: made when they are asked for, or before that, a few records at a time (<see cref="Prepare"/>), up to a limit.
/// Used by one thread at a time.
/// </summary>
/// <param name="limit">Batches that are made before they are asked for.</param>
/// <param name="recordsAtOnce">Records that <see cref="Prepare"/> gathers.</param>
internal sealed class BatchQueue(BatchAssembler assembler, BatchPool pool, long[] firstRecord, int limit, int recordsAtOnce) : IDisposable
{
    private readonly Queue<Batch> _ready = new();
    private BatchBuffers? _begun;
    private int _gathered;
    private BatchOrigin? _origin;
    private ExceptionDispatchInfo? _error;

    /// <summary>The next batch; null at the end of the epoch.</summary>
    public Batch? Next(EpochReader reader, CancellationToken cancellationToken)
    {
        if (_ready.TryDequeue(out var batch))
        {
            return batch;
        }

        _error?.Throw();
        if (_begun is null)
        {
            reader.Next(cancellationToken);
            if (reader.Samples.IsEmpty)
            {
                return null;
            }

            Begin(reader);
        }

        Gather(reader, reader.Samples.Length);
        return Complete(reader);
    }

    /// <summary>Whether the next batch is not ready, and need not be waited for.</summary>
    public bool IsBehind(EpochReader reader) => _ready.Count == 0 && _error is null && (_begun is not null || reader.HasNext);

    /// <summary>Gathers some records of the first batch that is not ready; false when all are that may be, or it has to be waited for.</summary>
    public bool Prepare(EpochReader reader)
    {
        if (_error is not null)
        {
            return false;
        }

        try
        {
            if (_begun is null)
            {
                if (_ready.Count >= limit || !reader.HasNext)
                {
                    return false;
                }

                reader.Next(CancellationToken.None);
                Begin(reader);
            }

            Gather(reader, Math.Min(_gathered + recordsAtOnce, reader.Samples.Length));
            if (_gathered == reader.Samples.Length)
            {
                _ready.Enqueue(Complete(reader));
            }

            return true;
        }
        catch (Exception error)
        {
            // The rank is in the middle of something else: it is told where it asks for the batch.
            _error = ExceptionDispatchInfo.Capture(error);
            return false;
        }
    }

    /// <summary>Forgets what nobody has asked for.</summary>
    public void Clear()
    {
        while (_ready.TryDequeue(out var batch))
        {
            batch.Dispose();
        }

        if (_begun is { } begun)
        {
            pool.Return(begun);
            _begun = null;
        }

        _error = null;
    }

    public void Dispose() => Clear();

    private void Begin(EpochReader reader)
    {
        _origin = new BatchOrigin(reader, reader.NextStep - 1, reader.Samples[0]);
        (_begun, _gathered) = (pool.Rent(), 0);
    }

    private void Gather(EpochReader reader, int to)
    {
        assembler.Assemble(_begun!, reader.Samples, _gathered, to, reader.Blocks, firstRecord, reader.Epoch);
        _gathered = to;
    }

    private Batch Complete(EpochReader reader)
    {
        var batch = pool.Batch(_begun!, reader.Samples.Length, _origin!.Describe);
        _begun = null;
        return batch;
    }

    /// <summary>Put into words only when somebody asks: when something went wrong.</summary>
    private sealed class BatchOrigin(EpochReader reader, long step, SampleRef first)
    {
        private readonly string _block = reader.Blocks[first.Block]!.Origin;

        public string Describe() => $"epoch {reader.Epoch} step {step}: {_block} record {first.Record} and others";
    }
}

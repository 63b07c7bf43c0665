using System.Diagnostics;
using System.Runtime.ExceptionServices;
using OrleansTrain.Data.Batches;
using OrleansTrain.Data.Order;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Sources;

/// <summary>
/// A rank's batches in the order of <see cref="EpochOrder"/>. Blocks are fetched ahead in the background, a window at a time and over the end
/// of an epoch; the batch itself is gathered by the rank's own thread, since on a busy machine waking another one costs more than the gather.
/// </summary>
internal sealed class OrderedBatchSource : IBatchSource
{
    // A microsecond's worth: what the rank waits for may have come meanwhile.
    private const int BytesAtOnce = 4 << 10;

    // A wait may be long enough for two batches; more of them, or large ones, drive each other and the model out of the caches.
    private const int MostAhead = 2;
    private const long BytesAhead = 512 << 10;

    private readonly BatchSourceOptions _options;
    private readonly RecordSchema _schema;
    private readonly RecordSubset _records;
    private readonly int[] _skipped;
    private readonly IBlockSupply _supply;
    private readonly OrderSpec _order;
    private readonly BatchPool _pool;
    private readonly BatchQueue _batches;
    private EpochReader? _reader;
    private EpochReader? _following;
    private readonly List<Task> _closing = [];
    private long _waited;

    /// <param name="records">Records of each block.</param>
    /// <param name="slowToRead">Whether the first epoch shall start before a whole window has been read.</param>
    public OrderedBatchSource(DataPipeline pipeline, RecordSchema schema, IReadOnlyList<int> records, IBlockSupply supply, BatchSourceOptions options, bool slowToRead = false)
    {
        options.Check();
        (_options, _schema, _supply) = (options, schema, supply);
        _records = new RecordSubset(records, options.Part == RecordPart.All ? 0 : options.HeldOut, options.Part == RecordPart.HeldOut);
        _order = options.Order(schema.RecordBytes, slowToRead);
        var layout = BatchLayout.Create(pipeline, schema);
        _pool = new BatchPool(layout, options.BatchSize);
        var assembler = new BatchAssembler(layout, schema.RecordBytes, options.Exhaustive ? [] : pipeline.Transforms, options.Seed);
        _batches = new BatchQueue(assembler, _pool, _records.FirstRecord, Limit(layout, options.BatchSize), Math.Max(1, BytesAtOnce / schema.RecordBytes));
        _skipped = new int[records.Count];
        var steps = new StepPlan(_order, _records.Counts.Sum(count => (long)count));
        (StepsPerEpoch, SamplesPerEpoch) = (steps.Count, steps.Samples);
    }

    public long StepsPerEpoch { get; }

    public long SamplesPerEpoch { get; }

    /// <summary>Records that take part, whether or not an epoch leaves some out at its end.</summary>
    public long Records => _records.Counts.Sum(count => (long)count);

    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, _waited);

    /// <summary>Bad records, whose place others have taken, in the blocks that this rank has met so far.</summary>
    public long SkippedRecords => _skipped.Sum(count => (long)count);

    /// <summary>Begins to fetch what <see cref="StartEpoch"/> will ask for: called before it, while whoever will take the batches is not ready yet.</summary>
    public void Fetch(int epoch, long firstStep)
    {
        Close(ref _following);
        _following = Reader(epoch, firstStep);
    }

    public void StartEpoch(int epoch, long firstStep)
    {
        _batches.Clear();
        Close(ref _reader);
        if (_following is { } prepared && prepared.Epoch == epoch && prepared.NextStep == firstStep)
        {
            (_reader, _following) = (prepared, null);
            return;
        }

        Close(ref _following);
        _reader = Reader(epoch, firstStep);
    }

    public Batch? Next(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var reader = _reader ?? throw new InvalidOperationException("Next before StartEpoch.");
            var batch = _batches.Next(reader, cancellationToken);
            if (batch is not null && _following is null && reader.LastWindow && (_options.Epochs is not { } epochs || reader.Epoch + 1 < epochs))
            {
                _following = Reader(reader.Epoch + 1, 0);
            }

            return batch;
        }
        catch (AggregateException error) when (error.InnerException is not null)
        {
            ExceptionDispatchInfo.Throw(error.InnerException);
            throw;
        }
        finally
        {
            _waited += Stopwatch.GetTimestamp() - start;
        }
    }

    public bool IsBehind => _reader is { } reader && _batches.IsBehind(reader);

    public bool Prepare() => _reader is { } reader && _batches.Prepare(reader);

    /// <summary>When it completes, no block is held any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(ref _reader);
        Close(ref _following);
        _batches.Dispose();
        _pool.Dispose();
        await Task.WhenAll(_closing);
    }

    private void Close(ref EpochReader? reader)
    {
        _closing.RemoveAll(task => task.IsCompleted);
        if (reader is not null)
        {
            _closing.Add(reader.Close());
            reader = null;
        }
    }

    private static int Limit(BatchLayout layout, int batchSize) =>
        MostAhead * (long)batchSize * layout.InputLength * sizeof(float) <= BytesAhead ? MostAhead : 1;

    private EpochReader Reader(int epoch, long firstStep) =>
        new(new EpochOrder(_order, _records, epoch), _schema, _skipped.Length, _supply, _options.Rank, _options.BatchSize, epoch, firstStep, _skipped);
}

using System.IO.Hashing;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Packed;

/// <summary>Cuts the records of one split into packed blocks and uploads them, several at once. Used by one caller at a time.</summary>
internal sealed class PackedUpload(DatasetLocation target, string split, RecordSchema schema, PutOptions options, Action<long, long> stored) : IAsyncDisposable
{
    private readonly int _recordsPerBlock = Math.Max(1, options.BlockBytes / schema.RecordBytes);
    private readonly int _headerLength = BlockHeader.Write(schema, 0, 0).Length;
    private readonly List<Task<PackedBlockEntry>> _uploads = [];
    private readonly SemaphoreSlim _slots = new(options.ParallelUploads);
    private NativeBuffer? _buffer;
    private int _records;

    /// <summary>Adds all records of a block; waits while enough uploads are under way.</summary>
    public async Task Add(DataBlock block, CancellationToken cancellationToken)
    {
        for (var done = 0; done < block.Count;)
        {
            _buffer ??= new NativeBuffer(_headerLength + (_recordsPerBlock * schema.RecordBytes));
            var count = Math.Min(block.Count - done, _recordsPerBlock - _records);
            block.Writable.Slice(done * schema.RecordBytes, count * schema.RecordBytes)
                .CopyTo(_buffer.GetSpan()[(_headerLength + (_records * schema.RecordBytes))..]);
            done += count;
            _records += count;
            if (_records == _recordsPerBlock)
            {
                await Send(cancellationToken);
            }
        }
    }

    /// <summary>Uploads what is left and waits for everything.</summary>
    public async Task<IReadOnlyList<PackedBlockEntry>> Finish(CancellationToken cancellationToken)
    {
        if (_records > 0)
        {
            await Send(cancellationToken);
        }

        return await Task.WhenAll(_uploads);
    }

    /// <summary>Waits for the uploads that are still under way; their errors are those of <see cref="Finish"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await ((Task)Task.WhenAll(_uploads)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ((IDisposable?)_buffer)?.Dispose();
        _slots.Dispose();
    }

    private async Task Send(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        if (_uploads.Find(upload => upload.IsFaulted) is { } failed)
        {
            _slots.Release();
            await failed;
        }

        var (buffer, records) = (_buffer!, _records);
        (_buffer, _records) = (null, 0);
        _uploads.Add(Store(_uploads.Count, buffer, records, cancellationToken));
    }

    private async Task<PackedBlockEntry> Store(int index, NativeBuffer buffer, int records, CancellationToken cancellationToken)
    {
        try
        {
            var length = _headerLength + (records * schema.RecordBytes);
            var checksum = XxHash3.HashToUInt64(buffer.GetSpan()[_headerLength..length]);
            BlockHeader.Write(schema, records, checksum).CopyTo(buffer.GetSpan());
            var entry = new PackedBlockEntry($"{split}/{index:00000}-{checksum:x16}.otb", length, records, $"{checksum:x16}");
            await using var content = buffer.OpenRead(length);
            await target.Store.Write(target.Key(entry.Key), content, length, cancellationToken);
            stored(records, length);
            return entry;
        }
        finally
        {
            ((IDisposable)buffer).Dispose();
            _slots.Release();
        }
    }
}

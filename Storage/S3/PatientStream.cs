namespace OrleansTrain.Storage.S3;

/// <summary>Gives up with a <see cref="TimeoutException"/> when a read brings nothing for too long; however long the whole takes.</summary>
internal sealed class PatientStream(Stream inner, TimeSpan patience) : ForwardOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Cancelled and awaited rather than left behind: the buffer may be native memory that is freed after a failure.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            return await inner.ReadAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no data within {patience.TotalSeconds:0} s", error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

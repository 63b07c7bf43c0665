using OrleansTrain.Storage.S3;

namespace OrleansTrain.Data.Tests.Storage;

/// <summary>What an upload reads may be native memory that is freed as soon as the upload has been given up.</summary>
public sealed class UploadSourceTests
{
    [Fact]
    public async Task ARequestThatIsStillBeingSentReadsNothingAfterTheEnd()
    {
        var source = new UploadSource(new MemoryStream(new byte[1 << 20]), 1 << 20);
        var chunks = 0;
        var sending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = source.ForEachChunk(
            async _ =>
            {
                chunks++;
                sending.TrySetResult();
                await taken.Task;
            },
            CancellationToken.None);
        await sending.Task;

        await source.DisposeAsync();
        taken.SetResult();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => sent);
        Assert.Equal(1, chunks);
    }

    [Fact]
    public async Task TheEndWaitsForAReadThatIsUnderWay()
    {
        var content = new GatedStream();
        var source = new UploadSource(content, 4);
        var sent = source.ForEachChunk(_ => ValueTask.CompletedTask, CancellationToken.None);
        await content.Reading.Task;

        var end = source.DisposeAsync().AsTask();
        Assert.False(end.IsCompleted);
        content.Answer.SetResult(4);

        await end;
        await sent;
    }

    private sealed class GatedStream() : MemoryStream(new byte[4])
    {
        public TaskCompletionSource Reading { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<int> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reading.SetResult();
            return await Answer.Task;
        }
    }
}

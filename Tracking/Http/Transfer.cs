using System.Buffers;

namespace OrleansTrain.Tracking.Http;

/// <summary>
/// Moves bytes between a caller's stream and the network, telling of each block. What the caller's stream throws (disk full, file gone)
/// comes out as <see cref="CallerStreamException"/>, so that it is not taken for a failure of the network.
/// </summary>
internal static class Transfer
{
    private const int BlockSize = 128 * 1024;

    public static async Task SendAsync(Stream callers, Stream network, Action progress, CancellationToken cancellationToken)
    {
        using var block = MemoryPool<byte>.Shared.Rent(BlockSize);
        int read;
        while ((read = await ReadAsync(callers, block.Memory, cancellationToken)) > 0)
        {
            await network.WriteAsync(block.Memory[..read], cancellationToken);
            progress();
        }
    }

    public static async Task ReceiveAsync(Stream network, Stream callers, Action progress, CancellationToken cancellationToken)
    {
        using var block = MemoryPool<byte>.Shared.Rent(BlockSize);
        int read;
        while ((read = await network.ReadAsync(block.Memory, cancellationToken)) > 0)
        {
            progress();
            await WriteAsync(callers, block.Memory[..read], cancellationToken);
        }
    }

    private static async ValueTask<int> ReadAsync(Stream callers, Memory<byte> block, CancellationToken cancellationToken)
    {
        try
        {
            return await callers.ReadAsync(block, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new CallerStreamException(exception);
        }
    }

    private static async ValueTask WriteAsync(Stream callers, ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        try
        {
            await callers.WriteAsync(block, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new CallerStreamException(exception);
        }
    }
}

using System.Collections.Concurrent;
using System.Numerics;
using OrleansTrain.Exchange.Frames;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Exchange.Messages;

/// <summary>
/// A frame as one piece of native memory, header first: what a courier moves between silos. Rented from a bounded pool. One owner at a time;
/// a message that nobody gives back is freed by the garbage collector, so that losing one is safe.
/// </summary>
public sealed unsafe class FrameMessage
{
    /// <summary>Bytes that a message has at most.</summary>
    public const int Longest = FrameHeader.Size + FrameHeader.LongestPayload;

    // Blocks that wait to be used again; the rest is freed.
    private const long PooledBytes = 64 << 20;

    private static readonly ConcurrentQueue<NativeFloats>[] Pool = [.. Enumerable.Range(0, 32).Select(_ => new ConcurrentQueue<NativeFloats>())];
    private static long _pooled;

    private NativeFloats? _block;

    private FrameMessage(NativeFloats block, int length) => (_block, Length) = (block, length);

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes; valid until <see cref="Return"/>.</summary>
    public Span<byte> Bytes => new(Block.Pointer, Length);

    internal FrameHeader Header => FrameHeader.Read(Bytes[..FrameHeader.Size]);

    internal byte* Payload => (byte*)Block.Pointer + FrameHeader.Size;

    private NativeFloats Block => _block ?? throw new ObjectDisposedException(nameof(FrameMessage));

    /// <summary>Memory for a message that arrives.</summary>
    /// <exception cref="InvalidDataException">No message has that many bytes.</exception>
    public static FrameMessage Rent(long length)
    {
        if (length is < FrameHeader.Size or > Longest)
        {
            throw new InvalidDataException($"A frame of {length} bytes: expected {FrameHeader.Size} to {Longest}.");
        }

        var size = Log2Size(length);
        if (Pool[size].TryDequeue(out var block))
        {
            Interlocked.Add(ref _pooled, -(1L << size));
            return new FrameMessage(block, (int)length);
        }

        return new FrameMessage(new NativeFloats((1L << size) / sizeof(float)), (int)length);
    }

    /// <summary>A message with this frame.</summary>
    internal static FrameMessage Create(in FrameHeader header, byte* payload)
    {
        var message = Rent(FrameHeader.Size + (long)header.Length);
        header.Write(message.Bytes);
        Buffer.MemoryCopy(payload, message.Payload, header.Length, header.Length);
        return message;
    }

    /// <summary>Gives the memory back. Only for an owner who knows that nobody reads it any more.</summary>
    public void Return()
    {
        if (Interlocked.Exchange(ref _block, null) is not { } block)
        {
            return;
        }

        var size = Log2Size(Length);
        if (Interlocked.Add(ref _pooled, 1L << size) <= PooledBytes)
        {
            Pool[size].Enqueue(block);
            return;
        }

        Interlocked.Add(ref _pooled, -(1L << size));
        block.Dispose();
    }

    private static int Log2Size(long length) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)length));
}

namespace OrleansTrain.Tracking.Tests.Client;

/// <summary>Gives a block, then fails.</summary>
internal sealed class BrokenStream : MemoryStream
{
    private bool _gaveABlock;

    public BrokenStream()
        : base(new byte[1 << 20])
    {
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_gaveABlock)
        {
            throw new IOException("the disk is gone");
        }

        _gaveABlock = true;
        return base.ReadAsync(buffer, cancellationToken);
    }
}

using System.Runtime.InteropServices;

namespace OrleansTrain.Exchange.Tests.Support;

/// <summary>A rank's gradients at fixed addresses.</summary>
internal sealed class PinnedGradients : IDisposable
{
    private readonly GCHandle[] _pins;

    public PinnedGradients(float[][] gradients)
    {
        _pins = [.. gradients.Select(gradient => GCHandle.Alloc(gradient, GCHandleType.Pinned))];
        Pointers = [.. _pins.Select(pin => pin.AddrOfPinnedObject())];
    }

    public nint[] Pointers { get; }

    public void Dispose() => Array.ForEach(_pins, pin => pin.Free());
}

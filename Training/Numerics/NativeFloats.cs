using System.Runtime.InteropServices;

namespace OrleansTrain.Training.Numerics;

/// <summary>A zeroed array of float32 outside the managed heap, 64-byte aligned, of any length. Freed when disposed.</summary>
internal sealed unsafe class NativeFloats : SafeHandle
{
    private const int Alignment = 64;

    /// <summary>Allocates <paramref name="length"/> elements.</summary>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    public NativeFloats(long length)
        : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        var bytes = checked((nuint)Math.Max(length, 1) * sizeof(float));
        handle = (nint)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear((void*)handle, bytes);
    }

    /// <summary>Elements.</summary>
    public long Length { get; }

    /// <summary>The first element.</summary>
    public float* Pointer => IsClosed ? throw new ObjectDisposedException(nameof(NativeFloats)) : (float*)handle;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>The two things Linux can do that .NET has no name for.</summary>
internal static unsafe partial class LinuxMemory
{
    private const int ProtectReadWrite = 3;

    private const int MapShared = 1;

    private const int MapPrivate = 2;

    private const int MapFixed = 16;

    private const int MapAnonymous = 32;

    private const int FutexWait = 0;

    private const int FutexWake = 1;

    private static readonly long FutexNumber = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    /// <summary>
    /// Puts a part of a file behind addresses that are in use already; whoever has pointers there sees the file from now on.
    /// All three sizes are multiples of a page.
    /// </summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void Replace(void* address, long length, SafeFileHandle file, long offset)
    {
        var added = false;
        file.DangerousAddRef(ref added);
        try
        {
            Replace(address, length, MapShared, (int)file.DangerousGetHandle(), offset);
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    /// <summary>Puts zeroed memory of this process alone behind addresses that are in use already.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void ReplaceByPrivate(void* address, long length) => Replace(address, length, MapPrivate | MapAnonymous, -1, 0);

    /// <summary>Sleeps until someone wakes this word, unless it no longer has the value, or the time is up. May return without any of these.</summary>
    public static void Wait(int* word, int value, TimeSpan timeout)
    {
        var time = new TimeSpec((long)timeout.TotalSeconds, timeout.Ticks % TimeSpan.TicksPerSecond * 100);
        _ = SystemCall(FutexNumber, word, FutexWait, value, &time, null, 0);
    }

    /// <summary>Wakes all that sleep on this word, in any process.</summary>
    public static void WakeAll(int* word) => _ = SystemCall(FutexNumber, word, FutexWake, int.MaxValue, null, null, 0);

    private static void Replace(void* address, long length, int kind, int file, long offset)
    {
        var mapped = MemoryMap(address, (nuint)length, ProtectReadWrite, kind | MapFixed, file, offset);
        if (mapped != address)
        {
            throw new IOException($"{length} bytes of memory cannot be mapped: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MemoryMap(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, int* word, int operation, int value, TimeSpec* timeout, int* second, int third);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}

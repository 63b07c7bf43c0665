using System.Globalization;
using System.Runtime.InteropServices;
using OrleansTrain.Data.Blocks;

namespace OrleansTrain.Data.Tests.Blocks;

[CollectionDefinition(nameof(MemoryOfTheProcess), DisableParallelization = true)]
public sealed class MemoryOfTheProcess;

/// <summary>Alone in the process: what other tests take and give back would count.</summary>
[Collection(nameof(MemoryOfTheProcess))]
public sealed class NativeBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    [InlineData(5 << 20)]
    public unsafe void A_buffer_is_aligned_and_all_of_it_can_be_written(int length)
    {
        using var buffer = new NativeBuffer(length);
        var bytes = buffer.GetSpan();
        bytes.Fill(7);

        Assert.Equal(length, bytes.Length);
        Assert.Equal(0, (nint)buffer.Start % 64);
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)7));
    }

    /// <summary>As a run does whose dataset is larger than the cache, with glibc's thresholds raised as its ranks raise them.</summary>
    [Theory]
    [InlineData(400_000)]
    [InlineData(4_200_000)]
    public void Blocks_that_come_and_go_do_not_make_the_process_grow(int length)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        RaiseThresholds();
        var held = new Queue<NativeBuffer>();
        var others = new Queue<nint>();
        var inUse = 100_000_000 / length;
        for (var i = 0; i < 10 * inUse; i++)
        {
            var buffer = new NativeBuffer(length + (i % 7 * 1000));
            buffer.GetSpan().Fill(1);
            held.Enqueue(buffer);
            // What else a process allocates meanwhile, and keeps longer.
            others.Enqueue(Marshal.AllocHGlobal(20_000));
            if (held.Count > inUse)
            {
                ((IDisposable)held.Dequeue()).Dispose();
            }
        }

        var grown = Resident();
        while (held.TryDequeue(out var buffer))
        {
            ((IDisposable)buffer).Dispose();
        }

        while (others.TryDequeue(out var other))
        {
            Marshal.FreeHGlobal(other);
        }

        // What was in use at the end has gone back to the kernel, and not much more than that was taken.
        Assert.InRange(grown - Resident(), 60_000_000, 200_000_000);
    }

    private static void RaiseThresholds()
    {
        _ = Mallopt(-3, 32 << 20);
        _ = Mallopt(-1, 2_000_000_000);
    }

    private static long Resident() =>
        long.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    [DllImport("libc", EntryPoint = "mallopt")]
    private static extern int Mallopt(int parameter, int value);
}

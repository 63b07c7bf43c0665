using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace OrleansTrain.Training.Native;

/// <summary>Sets libtorch up, once per process. Thread-safe.</summary>
public static class TorchRuntime
{
    private static readonly Lazy<bool> Ready = new(() => Start(LoadLibraries));

    /// <summary>
    /// Loads libtorch, tunes the C library's allocator for its large short-lived buffers, and keeps libtorch from starting threads
    /// that ranks do not use. Later calls do nothing. Call it before anything else touches TorchSharp.
    /// </summary>
    /// <exception cref="TorchUnavailableException">libtorch, or something it needs, is not there.</exception>
    public static void Initialize() => _ = Ready.Value;

    /// <summary>Gives memory of freed tensors back to the system, where it is glibc that holds it: when a job has ended, not between its steps.</summary>
    public static void ReleaseFreedMemory() => GlibcAllocator.Trim();

    internal static bool Start(Action loadLibraries)
    {
        // Before libtorch: thresholds only matter for what is allocated afterwards.
        GlibcAllocator.Tune();
        MklKernels.Choose();
        try
        {
            TensorMemory.Install(LoadC10);
            // Before TorchSharp does: on failure it prints a page to standard output and copies the 0.5 GB of its packages to here.
            loadLibraries();
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new TorchUnavailableException(Explain(exception.Message), exception);
        }

        Configure();
        return true;
    }

    // Not inlined: naming `torch` runs its static constructor.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Configure()
    {
        torch.InitializeDeviceType(DeviceType.CPU);
        // The inter-op pool serves TorchScript's fork only; its default is one thread a core.
        torch.set_num_interop_threads(1);
        UseVectorMath();
    }

    // MKL's vector functions (log, exp, sqrt, tanh) find out what the processor is in the first call of any of them, and store it twice, in two
    // numberings. A thread that comes in between takes kernels of the wrong number, which have half the digits (docs/native.md): the first call must
    // be one thread's alone.
    private static void UseVectorMath()
    {
        using var one = torch.ones(1);
        using var zero = one.log();
    }

    private static nint LoadC10() => NativeLibrary.Load("c10", typeof(torch).Assembly, searchPath: null);

    private static void LoadLibraries()
    {
        var assembly = typeof(torch).Assembly;
        NativeLibrary.Load("torch_cpu", assembly, searchPath: null);
        NativeLibrary.Load("LibTorchSharp", assembly, searchPath: null);
    }

    private static string Explain(string loaderMessage)
    {
        // The loader's reason among the places that were tried, one a line.
        var lines = loaderMessage.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var version = lines.FirstOrDefault(line => line.Contains("GLIBCXX_", StringComparison.Ordinal));
        return version is not null
            ? $"libtorch cannot be loaded: {version}; this system's libstdc++ is older than the one TorchSharp was built with: build on this system "
              + "(the build takes a copy that does not ask for it) or install a libstdc++ of GCC 13 or later (docs/native.md)"
            : $"libtorch cannot be loaded: {lines[0]} Keep the output folder whole, and build for this system: linux-x64, win-x64 or osx-arm64 (docs/native.md).";
    }
}

using System.Runtime.InteropServices;
using TorchSharp;

namespace OrleansTrain.Training.Native;

/// <summary>Sets libtorch up, once per process. Thread-safe.</summary>
public static class TorchRuntime
{
    private static readonly Lazy<bool> Ready = new(Start);

    /// <summary>
    /// Loads libtorch, tunes the C library's allocator for its large short-lived buffers, and keeps libtorch from starting threads
    /// that ranks do not use. Later calls do nothing.
    /// </summary>
    /// <exception cref="TorchUnavailableException">libtorch, or something it needs, is not there.</exception>
    public static void Initialize() => _ = Ready.Value;

    private static bool Start()
    {
        // Before libtorch: thresholds only matter for what is allocated afterwards.
        GlibcAllocator.Tune();
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            // The inter-op pool serves TorchScript's fork only; its default is one thread a core.
            torch.set_num_interop_threads(1);
            return true;
        }
        catch (Exception exception) when (exception is NotSupportedException or DllNotFoundException or TypeInitializationException
                                              or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new TorchUnavailableException(Explain(exception), exception);
        }
    }

    // TorchSharp's own message is a page long and does not contain the loader's reason; loading once more by hand gives it.
    private static string Explain(Exception exception)
    {
        var reason = LoaderError() ?? FirstLine((exception.InnerException ?? exception).Message);
        var cure = reason.Contains("GLIBCXX_", StringComparison.Ordinal)
            ? "this system's libstdc++ is older than the one TorchSharp was built with; build on this system "
              + "(dotnet build takes a copy that does not ask for it) or install a libstdc++ of GCC 13 or later: docs/native.md"
            : "build for this system (linux-x64, win-x64 or osx-arm64) and keep the output folder whole: docs/native.md";
        return $"libtorch cannot be loaded: {reason}; {cure}";
    }

    private static string? LoaderError()
    {
        foreach (var folder in new[] { "", Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native") })
        {
            var path = Path.Combine(AppContext.BaseDirectory, folder, "libLibTorchSharp.so");
            if (!File.Exists(path))
            {
                continue;
            }

            try
            {
                NativeLibrary.Load(path);
            }
            catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
            {
                return FirstLine(exception.Message);
            }
        }

        return null;
    }

    private static string FirstLine(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)[0];
}

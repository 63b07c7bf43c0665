using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace OrleansTrain.Training.Native;

/// <summary>
/// Which kernels MKL, libtorch's matrix library on x86-64, takes. On a processor that is not Intel's it asks <c>mkl_serv_intel_cpu_true</c>
/// and then leaves AVX-512 unused: on an AMD EPYC of family 26 the reference network of MNIST trained 1.5 times faster with it. So where an
/// AMD processor has AVX-512, that function is answered before libtorch is loaded, by a library of ours that comes first in the loader's
/// order (<see cref="MemoryLibrary"/>: nothing of MKL is changed). docs/performance.md has figures.
/// </summary>
public static class MklKernels
{
    /// <summary><c>auto</c> (default), <c>on</c>: answer for MKL; <c>off</c>: leave MKL its own choice.</summary>
    public const string Variable = "ORLEANSTRAIN_MKL_AVX512";

    internal const string Question = "mkl_serv_intel_cpu_true";

    /// <summary>What was decided, in words for <c>doctor</c> and logs. Set by <see cref="TorchRuntime.Initialize"/>.</summary>
    public static string Decision { get; private set; } = "not decided yet: libtorch is not loaded";

    /// <summary>Whether MKL was told to choose by what the processor can do.</summary>
    public static bool Forced { get; private set; }

    /// <summary>Must come before libtorch is loaded; once a process.</summary>
    /// <exception cref="TorchUnavailableException">The variable has another value, or <c>on</c> cannot be done.</exception>
    internal static void Choose()
    {
        var setting = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value ? value : "auto";
        if (setting is not ("auto" or "on" or "off"))
        {
            throw new TorchUnavailableException($"{Variable}: expected auto, on or off; found '{setting}'", null);
        }

        if (setting == "off")
        {
            Decision = $"MKL's own choice ({Variable}=off)";
        }
        else if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Decision = "MKL's own choice (only linux-x64 needs another)";
            Refuse(setting);
        }
        else if (!HasAvx512)
        {
            Decision = "MKL's own choice (this processor has no AVX-512)";
            Refuse(setting);
        }
        else if (setting == "auto" && Vendor() != "AuthenticAMD")
        {
            Decision = "MKL's own choice (not an AMD processor)";
        }
        else
        {
            Force(setting);
        }
    }

    private static bool HasAvx512 => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported;

    private static void Force(string setting)
    {
        if (MemoryLibrary.Load("orleanstrain-mkl", LibraryImage.OfConstant(Question, 1)).Error is { } error)
        {
            // Slower, not wrong: said where the user looks for it, and an error only for who asked for it.
            Decision = $"MKL's own choice: AVX-512 could not be switched on ({error})";
            Refuse(setting);
            return;
        }

        Forced = true;
        Decision = "AVX-512 kernels of MKL";
    }

    private static void Refuse(string setting)
    {
        if (setting == "on")
        {
            throw new TorchUnavailableException($"{Variable}=on: {Decision}", null);
        }
    }

    private static string Vendor()
    {
        var (_, b, c, d) = X86Base.CpuId(0, 0);
        Span<int> registers = [b, d, c];
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers));
    }
}

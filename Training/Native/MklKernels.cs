using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace OrleansTrain.Training.Native;

/// <summary>
/// Which kernels MKL, libtorch's matrix library on x86-64, takes. On a processor that is not Intel's it asks <c>mkl_serv_intel_cpu_true</c>
/// and then leaves AVX-512 unused, and its kernels for AVX2 too: on an AMD EPYC of family 26 the reference network of MNIST trained 1.5 times faster
/// with the first, on one of family 25 without AVX-512 a small network 1.1 times with the second. So on an AMD processor that has either (AVX2: of
/// family 25 or later, which is what we have measured), that function is answered before libtorch is loaded, by a library of ours that comes first
/// in the loader's order (<see cref="MemoryLibrary"/>: nothing of MKL is changed). docs/performance.md has figures.
/// </summary>
public static class MklKernels
{
    /// <summary><c>auto</c> (default), <c>on</c>: answer for MKL; <c>off</c>: leave MKL its own choice.</summary>
    public const string Variable = "ORLEANSTRAIN_MKL_AVX512";

    internal const string Question = "mkl_serv_intel_cpu_true";

    private const int FirstMeasuredFamily = 25;

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
        else if (!HasAvx512 && !HasAvx2)
        {
            Decision = "MKL's own choice (this processor has neither AVX-512 nor AVX2)";
            Refuse(setting);
        }
        else if (setting == "auto" && Vendor() != "AuthenticAMD")
        {
            Decision = "MKL's own choice (not an AMD processor)";
        }
        else if (setting == "auto" && !HasAvx512 && Family() < FirstMeasuredFamily)
        {
            Decision = $"MKL's own choice (an AMD processor of family {Family()}, without AVX-512)";
        }
        else
        {
            Force(setting);
        }
    }

    private static bool HasAvx512 => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported;

    private static bool HasAvx2 => Avx2.IsSupported && Fma.IsSupported;

    private static void Force(string setting)
    {
        if (MemoryLibrary.Load("orleanstrain-mkl", LibraryImage.OfConstant(Question, 1)).Error is { } error)
        {
            // Slower, not wrong: said where the user looks for it, and an error only for who asked for it.
            Decision = $"MKL's own choice: its faster kernels could not be switched on ({error})";
            Refuse(setting);
            return;
        }

        Forced = true;
        Decision = $"{(HasAvx512 ? "AVX-512" : "AVX2")} kernels of MKL";
    }

    private static void Refuse(string setting)
    {
        if (setting == "on")
        {
            throw new TorchUnavailableException($"{Variable}=on: {Decision}", null);
        }
    }

    // The extended family is added where the base family says 15: the AMD64 manual, volume 3, function 1.
    private static int Family()
    {
        var (a, _, _, _) = X86Base.CpuId(1, 0);
        var family = (a >> 8) & 0xF;
        return family == 0xF ? family + ((a >> 20) & 0xFF) : family;
    }

    private static string Vendor()
    {
        var (_, b, c, d) = X86Base.CpuId(0, 0);
        Span<int> registers = [b, d, c];
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers));
    }
}

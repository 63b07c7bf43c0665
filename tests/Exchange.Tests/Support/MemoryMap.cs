using System.Globalization;

namespace OrleansTrain.Exchange.Tests.Support;

/// <summary>What the kernel says about this process's memory (proc_pid_maps(5)).</summary>
internal static class MemoryMap
{
    /// <summary>The file that is mapped at an address, followed by " (deleted)" when it has no name any more; empty for memory without one.</summary>
    public static string FileAt(nint address)
    {
        var line = File.ReadLines("/proc/self/maps").First(line =>
        {
            var bounds = line.Split(' ')[0].Split('-');
            return address >= nint.Parse(bounds[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                && address < nint.Parse(bounds[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        });
        return line.Split(' ', 6)[5].TrimStart();
    }
}

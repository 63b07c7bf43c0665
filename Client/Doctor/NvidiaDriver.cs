using System.ComponentModel;
using System.Diagnostics;

namespace OrleansTrain.Client.Doctor;

/// <summary>Asks NVIDIA's own tool which GPUs and driver there are.</summary>
internal static class NvidiaDriver
{
    /// <returns>A line a GPU: name, driver, memory; empty when there is no driver.</returns>
    public static async Task<IReadOnlyList<string>> FindAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("nvidia-smi", ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
        }
        catch (Win32Exception)
        {
            return []; // no such program: no driver
        }
    }
}

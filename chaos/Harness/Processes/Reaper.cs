using System.Diagnostics;

namespace OrleansTrain.Harness.Processes;

/// <summary>
/// Sees that no process outlives the harness, however it ends: a shell that is told of every process, and kills what is left of them
/// when its input closes. Thread-safe.
/// </summary>
internal static class Reaper
{
    private const string Script = """
        declare -A alive
        while read -r sign pid; do if [[ $sign == + ]]; then alive[$pid]=1; else unset "alive[$pid]"; fi; done
        for pid in "${!alive[@]}"; do kill -9 "$pid" 2>/dev/null; done
        """;

    private static readonly Lock Writing = new();
    private static readonly Lazy<Process> Shell = new(Start);

    public static void Watch(int pid) => Tell('+', pid);

    public static void Forget(int pid) => Tell('-', pid);

    private static void Tell(char sign, int pid)
    {
        lock (Writing)
        {
            Shell.Value.StandardInput.WriteLine($"{sign} {pid}");
            Shell.Value.StandardInput.Flush();
        }
    }

    private static Process Start() =>
        // A session of its own: a Ctrl-C for the harness must not end it first.
        Process.Start(new ProcessStartInfo("setsid", ["bash", "-c", Script]) { RedirectStandardInput = true })!;
}

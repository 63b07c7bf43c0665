using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OrleansTrain.Faults;

/// <summary>
/// Named points between two things that belong together, at which a test can make the process die (docs/chaos.md). Without
/// ORLEANSTRAIN_FAULTS, which names a folder, they do nothing and cost a comparison with null. Thread-safe.
/// </summary>
public static class FaultPoint
{
    /// <summary>Names the folder in which a file arms the point of its name.</summary>
    public const string Variable = "ORLEANSTRAIN_FAULTS";

    private static readonly string? Folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    /// <summary>
    /// The process is at this point. The first process that gets there after it was armed does what the file says: <c>kill</c>,
    /// <c>stop</c> (freeze) or <c>throw</c>.
    /// </summary>
    /// <param name="name">For example <c>exchange.pushed</c>.</param>
    /// <exception cref="InjectedFaultException">The file says <c>throw</c>.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reach(string name)
    {
        if (Folder is not null)
        {
            ActIfArmed(name);
        }
    }

    private static void ActIfArmed(string name)
    {
        var armed = Path.Combine(Folder!, name);
        if (!File.Exists(armed))
        {
            return;
        }

        // Of several ranks and silos the one whose rename succeeds has come first.
        var taken = $"{armed}.taken-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}";
        try
        {
            File.Move(armed, taken);
        }
        catch (FileNotFoundException)
        {
            return;
        }

        var action = File.ReadAllText(taken).Trim();
        File.Delete(taken);
        Console.Error.WriteLine($"fault point {name}: {action}");
        switch (action)
        {
            case "kill":
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
                break;
            case "stop":
                using (var freeze = Process.Start("kill", ["-STOP", $"{Environment.ProcessId}"]))
                {
                    freeze.WaitForExit();
                }

                break;
            case "throw":
                throw new InjectedFaultException($"A fault was injected at {name}.");
            default:
                throw new InvalidOperationException($"{armed} must say kill, stop or throw; found '{action}'.");
        }
    }
}

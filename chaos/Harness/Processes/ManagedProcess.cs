using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansTrain.Harness.Processes;

/// <summary>A process of the harness with what it prints. Killed when disposed, and when the harness ends. Thread-safe.</summary>
public sealed partial class ManagedProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<OutputLine> _lines = [];
    private readonly Task _exited;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ManagedProcess(string name, Process process)
    {
        (Name, _process) = (name, process);
        process.OutputDataReceived += (_, line) => Add(line.Data, isError: false);
        process.ErrorDataReceived += (_, line) => Add(line.Data, isError: true);
        process.Start();
        Reaper.Watch(process.Id);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _exited = WaitForEnd();
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>Its ID.</summary>
    public int Id => _process.Id;

    /// <summary>It has ended and all it printed is here.</summary>
    public bool HasExited => _exited.IsCompleted;

    /// <summary>What it printed so far.</summary>
    public IReadOnlyList<OutputLine> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>What it printed last; empty when it has printed nothing.</summary>
    public string LastLine => Lines is [.., var last] ? last.Text : "";

    /// <summary>All it printed so far, standard output and error together.</summary>
    public string Output => string.Join('\n', Lines.Select(line => line.Text));

    /// <summary>What it printed to standard output.</summary>
    public string StandardOutput => string.Join('\n', Lines.Where(line => !line.IsError).Select(line => line.Text));

    /// <summary>What it printed to standard error.</summary>
    public string StandardError => string.Join('\n', Lines.Where(line => line.IsError).Select(line => line.Text));

    /// <summary>Starts a program.</summary>
    /// <param name="environment">Variables beside those of this process; null takes one away.</param>
    public static ManagedProcess Start(
        string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[key] = value;
        }

        return new ManagedProcess(name, new Process { StartInfo = start, EnableRaisingEvents = true });
    }

    /// <summary>Sends a signal; does nothing when the process has ended.</summary>
    public void Send(Signal signal)
    {
        if (!_exited.IsCompleted)
        {
            _ = SendSignal(Id, (int)signal);
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code; 128 and the signal's number when one ended it.</returns>
    /// <exception cref="TimeoutException">It goes on; with what it printed.</exception>
    public async Task<int> WaitForExit(TimeSpan limit)
    {
        try
        {
            await _exited.WaitAsync(limit);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Name} has not ended after {limit.TotalSeconds:F0} s; it printed:\n{Output}");
        }
    }

    /// <summary>Waits until it prints a line with this text, or has printed it before.</summary>
    /// <exception cref="TimeoutException">It did not in time, or it ended without; with what it printed.</exception>
    public async Task<OutputLine> WaitForLine(string text, TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
                if (_lines.FirstOrDefault(line => line.Text.Contains(text, StringComparison.Ordinal)) is { } found)
                {
                    return found;
                }
            }

            if (_exited.IsCompleted || patience.IsCancellationRequested)
            {
                throw new TimeoutException($"{Name} did not print '{text}' {(_exited.IsCompleted ? "before it ended" : $"in {limit.TotalSeconds:F0} s")}; it printed:\n{Output}");
            }

            await Task.WhenAny(changed, _exited, Task.Delay(Timeout.Infinite, patience.Token));
        }
    }

    /// <summary>Kills it if need be.</summary>
    public async ValueTask DisposeAsync()
    {
        Send(Signal.Kill);
        await _exited;
        _process.Dispose();
    }

    private async Task WaitForEnd()
    {
        // Also waits until both streams are read to their ends.
        await _process.WaitForExitAsync();
        Reaper.Forget(_process.Id);
    }

    private void Add(string? text, bool isError)
    {
        if (text is null)
        {
            return;
        }

        TaskCompletionSource changed;
        lock (_lock)
        {
            _lines.Add(new OutputLine(DateTimeOffset.UtcNow, text, isError));
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}

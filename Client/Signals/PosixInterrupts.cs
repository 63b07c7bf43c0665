using System.Runtime.InteropServices;
using OrleansTrain.Client.Errors;

namespace OrleansTrain.Client.Signals;

/// <summary>The first SIGINT or SIGTERM asks, the second ends the process at once.</summary>
internal sealed partial class PosixInterrupts : IInterrupts
{
    private readonly CancellationTokenSource _requested = new();
    private readonly PosixSignalRegistration[] _registrations;

    public PosixInterrupts()
    {
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal)];
    }

    public CancellationToken Requested => _requested.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_requested.IsCancellationRequested)
        {
            ExitNow();
        }

        // Off the signal thread: what is cancelled may take its time, and the second signal must get through.
        _ = _requested.CancelAsync();
    }

    private static void ExitNow()
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(ExitCodes.Interrupted);
        }

        // Not Environment.Exit: it waits for handlers and unloads libtorch below threads that still compute.
        ExitProcess(ExitCodes.Interrupted);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitProcess(int code);
}

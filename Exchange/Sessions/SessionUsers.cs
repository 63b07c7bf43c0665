using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>Counts the threads inside a session, so that its memory is freed after the last one has left. Thread-safe.</summary>
internal sealed class SessionUsers
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One for the session itself until it is closed, one for each thread inside.</summary>
    private int _count = 1;
    private int _closed;

    /// <summary>Enters the session.</summary>
    /// <exception cref="ObjectDisposedException">The session is closed.</exception>
    public void Enter(SessionFault fault)
    {
        Interlocked.Increment(ref _count);
        if (!fault.IsSet)
        {
            return;
        }

        Leave();
        fault.ThrowIfSet();
    }

    /// <summary>Leaves the session.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _left.TrySetResult();
        }
    }

    /// <summary>Waits until all have left; the fault must have been set, so that nobody enters any more.</summary>
    /// <returns>False when the session had been closed before.</returns>
    public async Task<bool> Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return false;
        }

        Leave();
        await _left.Task;
        return true;
    }
}

using System.Runtime.ExceptionServices;

namespace OrleansTrain.Exchange.Synchronization;

/// <summary>Why a session has ended, once it has: set once, seen by all its threads. Thread-safe.</summary>
internal sealed class SessionFault
{
    private readonly Lock _lock = new();
    private volatile Exception? _error;
    private Action? _onSet;

    /// <summary>Whether the session has failed.</summary>
    public bool IsSet => _error is not null;

    /// <summary>The first error, or null.</summary>
    public Exception? Error => _error;

    /// <summary>Calls <paramref name="wake"/> when the fault is set, or at once when it has been.</summary>
    public void OnSet(Action wake)
    {
        lock (_lock)
        {
            if (_error is null)
            {
                _onSet += wake;
                return;
            }
        }

        wake();
    }

    /// <summary>Sets the error unless there is one, and wakes whoever waits.</summary>
    /// <returns>Whether this error is the one.</returns>
    public bool TrySet(Exception error)
    {
        Action? wake;
        lock (_lock)
        {
            if (_error is not null)
            {
                return false;
            }

            _error = error;
            wake = _onSet;
        }

        wake?.Invoke();
        return true;
    }

    /// <summary>Throws the error, if there is one: a new exception for each thread where the type is ours.</summary>
    public void ThrowIfSet()
    {
        switch (_error)
        {
            case null:
                return;
            case StaleAttemptException stale:
                throw new StaleAttemptException(stale.Message);
            case PeerLostException lost:
                throw new PeerLostException(lost.Message, lost) { Report = lost.Report };
            case var error:
                ExceptionDispatchInfo.Throw(error);
                return;
        }
    }
}

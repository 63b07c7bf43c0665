using OrleansTrain.Exchange.Sessions;

namespace OrleansTrain.Exchange.Hub;

/// <summary>The open sessions of a silo and the newest attempt seen of each run. Thread-safe.</summary>
internal sealed class SessionRegister
{
    /// <summary>Runs whose newest attempt is remembered after their sessions have closed; the oldest are forgotten first.</summary>
    private const int RememberedRuns = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _open = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, int> _fences = new(StringComparer.Ordinal);

    /// <summary>Returns a hold on the session of the plan's attempt, creating it for the first one who asks.</summary>
    public IExchangeSession Open(ExchangePlan plan, Func<IExchangeSession> create)
    {
        Entry? older;
        SessionLease lease;
        lock (_lock)
        {
            ThrowIfStale(plan);
            _open.TryGetValue(plan.RunId, out var entry);
            if (entry is not null && entry.Attempt == plan.Attempt)
            {
                entry.Holds++;
                return Lease(entry);
            }

            older = entry;
            entry = new Entry(plan.RunId, plan.Attempt, create()) { Holds = 1 };
            _open[plan.RunId] = entry;
            Remember(plan.RunId, plan.Attempt - 1);
            lease = Lease(entry);
        }

        older?.Session.Abort(Stale(plan.RunId, older.Attempt, plan.Attempt));
        return lease;
    }

    /// <summary>The session of an attempt, or null.</summary>
    public IExchangeSession? Find(string runId, int attempt)
    {
        lock (_lock)
        {
            return _open.TryGetValue(runId, out var entry) && entry.Attempt == attempt ? entry.Session : null;
        }
    }

    /// <summary>Refuses an attempt and those before it.</summary>
    public void Fence(string runId, int attempt)
    {
        Entry? entry;
        lock (_lock)
        {
            Remember(runId, attempt);
            _open.TryGetValue(runId, out entry);
        }

        if (entry is not null && entry.Attempt <= attempt)
        {
            entry.Session.Abort(Stale(runId, entry.Attempt, attempt + 1));
        }
    }

    /// <summary>Takes all sessions out, for the hub to close.</summary>
    public IReadOnlyList<IExchangeSession> Clear()
    {
        lock (_lock)
        {
            var sessions = _open.Values.Select(entry => entry.Session).ToList();
            _open.Clear();
            return sessions;
        }
    }

    private static StaleAttemptException Stale(string runId, int attempt, int newer) =>
        new($"Run {runId}: attempt {attempt} has been replaced by attempt {newer}.");

    private SessionLease Lease(Entry entry) => new(entry.Session, () => Release(entry));

    private async ValueTask Release(Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Holds > 0)
            {
                return;
            }

            if (_open.TryGetValue(entry.RunId, out var current) && current == entry)
            {
                _open.Remove(entry.RunId);
            }
        }

        await entry.Session.DisposeAsync();
    }

    private void ThrowIfStale(ExchangePlan plan)
    {
        if (_fences.TryGetValue(plan.RunId, out var fenced) && plan.Attempt <= fenced)
        {
            throw Stale(plan.RunId, plan.Attempt, fenced + 1);
        }
    }

    private void Remember(string runId, int attempt)
    {
        if (_fences.TryGetValue(runId, out var fenced))
        {
            attempt = Math.Max(attempt, fenced);
            _fences.Remove(runId);
        }
        else if (_fences.Count == RememberedRuns)
        {
            _fences.RemoveAt(0);
        }

        _fences.Add(runId, attempt);
    }

    private sealed class Entry(string runId, int attempt, IExchangeSession session)
    {
        public string RunId => runId;

        public int Attempt => attempt;

        public IExchangeSession Session => session;

        public int Holds { get; set; }
    }
}

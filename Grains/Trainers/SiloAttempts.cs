using OrleansTrain.Exchange;

namespace OrleansTrain.Grains.Trainers;

/// <summary>The attempts that have ranks on this silo. Thread-safe.</summary>
internal sealed class SiloAttempts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string RunId, int Attempt), SiloAttempt> _open = [];

    /// <summary>The silo's part of an attempt, opened by the first of its ranks.</summary>
    public SiloAttempt Join(ExchangePlan plan, Func<SiloAttempt> open)
    {
        lock (_lock)
        {
            var key = (plan.RunId, plan.Attempt);
            if (!_open.TryGetValue(key, out var attempt))
            {
                _open[key] = attempt = open();
            }

            return attempt;
        }
    }

    /// <summary>A rank has left; the last one closes the silo's part.</summary>
    public async Task Leave(SiloAttempt attempt, int rank)
    {
        lock (_lock)
        {
            if (!attempt.Leave(rank))
            {
                return;
            }

            _open.Remove((attempt.Plan.RunId, attempt.Plan.Attempt));
        }

        await attempt.DisposeAsync();
    }
}

using System.Diagnostics.Metrics;
using OrleansTrain.Exchange;
using OrleansTrain.Ranks;

namespace OrleansTrain.Grains.Trainers;

/// <summary>The attempts that have ranks on this silo. Thread-safe.</summary>
internal sealed class SiloAttempts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string RunId, int Attempt), SiloAttempt> _open = [];
    private (long Sent, long Received) _closed;

    public SiloAttempts(IMeterFactory meters)
    {
        var meter = meters.Create(TrainingTelemetry.Name);
        meter.CreateObservableCounter("orleanstrain.exchange.sent", () => Exchanged().Sent, "By", "Bytes of gradients and parameters sent to other silos.");
        meter.CreateObservableCounter("orleanstrain.exchange.received", () => Exchanged().Received, "By", "Bytes of gradients and parameters from other silos.");
    }

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

            var statistics = attempt.Session.Statistics;
            _closed = (_closed.Sent + statistics.BytesSent, _closed.Received + statistics.BytesReceived);
            _open.Remove((attempt.Plan.RunId, attempt.Plan.Attempt));
        }

        await attempt.DisposeAsync();
    }

    private (long Sent, long Received) Exchanged()
    {
        lock (_lock)
        {
            return _open.Values.Select(attempt => attempt.Session.Statistics)
                .Aggregate(_closed, (sum, open) => (sum.Sent + open.BytesSent, sum.Received + open.BytesReceived));
        }
    }
}

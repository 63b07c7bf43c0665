using OrleansTrain.Harness.Proxy;
using OrleansTrain.Schedules.Disturbances;

namespace OrleansTrain.Schedules;

/// <summary>What goes wrong during one run, drawn from a seed.</summary>
internal sealed record Schedule(int Seed, IReadOnlyList<Disturbance> Disturbances)
{
    // While a run of this shape starts, trains and ends.
    private const double LongestSeconds = 4;

    private static readonly string[] Points =
    [
        "slots.reserved", "attempt.begun", "attempt.prepared", "exchange.pushed", "exchange.updated", "checkpoint.object", "checkpoint.objects",
        "checkpoint.manifest", "checkpoint.pruned", "epoch.told", "outbox.stored", "outbox.sent", "run.evaluating", "run.published",
    ];

    /// <summary>The schedule of a seed.</summary>
    public static Schedule Draw(int seed)
    {
#pragma warning disable CA5394 // Not for secrets: the same seed must give the same course.
        var random = new Random(seed);
        var first = One(random);
        return new Schedule(seed, random.Next(3) == 0 ? [first, One(random)] : [first]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Disturbances);

    private static Disturbance One(Random random)
    {
        var at = Seconds(random, 0.5, LongestSeconds);
        return random.Next(12) switch
        {
            0 or 1 => new KillSilo(at, random.Next(Shape.Silos), Seconds(random, 0, 3)),
            2 => new KillAllSilos(at),
            3 => new TerminateSilo(at, random.Next(Shape.Silos)),
            4 => new FreezeSilo(at, random.Next(Shape.Silos), Seconds(random, 1, 12)),
            5 or 6 => new KillAtPoint(TimeSpan.Zero + (Early(random) ? TimeSpan.Zero : at), Points[random.Next(Points.Length)]),
            7 => new ThrowAtPoint(Early(random) ? TimeSpan.Zero : at, Points[random.Next(Points.Length)]),
            8 => new ServerFault(at, (Server)random.Next(3), random.Next(2) == 0 ? new ProxyFault.Reset() : new ProxyFault.Stall(), Seconds(random, 0.5, 6)),
            9 => new ServerFault(at, (Server)random.Next(1, 3), HttpFault(random), Seconds(random, 0.5, 5)),
            10 => new RestartServer(at, (Server)random.Next(3), Seconds(random, 0, 3)),
            _ => new KillClient(at),
        };
    }

    private static ProxyFault HttpFault(Random random) => random.Next(5) switch
    {
        0 => new ProxyFault.Answer(500),
        1 => new ProxyFault.Answer(503),
        2 => new ProxyFault.Answer(429),
        3 => new ProxyFault.Truncate(random.Next(20, 400)),
        _ => new ProxyFault.LoseAnswers(),
    };

    private static bool Early(Random random) => random.Next(3) == 0;

    private static TimeSpan Seconds(Random random, double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));
#pragma warning restore CA5394
}

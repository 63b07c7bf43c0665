using OrleansTrain.Harness;
using OrleansTrain.Harness.Cluster;
using OrleansTrain.Harness.Processes;

namespace OrleansTrain.Schedules.Disturbances;

/// <summary>SIGKILL; another silo comes later.</summary>
/// <param name="Which">Number of the silo.</param>
/// <param name="Replacement">After this time.</param>
internal sealed record KillSilo(TimeSpan At, int Which, TimeSpan Replacement) : Disturbance("kill a silo", At)
{
    public override async Task Apply(RealCluster cluster, AttendedRun run)
    {
        run.Disturbed();
        await cluster.Kill(cluster.Silos[Which % cluster.Silos.Count]);
        await Task.Delay(Replacement);
        await cluster.StartSilos(1, Shape.Slots);
    }
}

/// <summary>SIGKILL of all silos at once; as many others come.</summary>
internal sealed record KillAllSilos(TimeSpan At) : Disturbance("kill all silos", At)
{
    public override async Task Apply(RealCluster cluster, AttendedRun run)
    {
        run.Disturbed();
        await cluster.Kill(cluster.Silos);
        await cluster.StartSilos(Shape.Silos, Shape.Slots);
    }
}

/// <summary>SIGTERM; another silo comes at once.</summary>
/// <param name="Which">Number of the silo.</param>
internal sealed record TerminateSilo(TimeSpan At, int Which) : Disturbance("terminate a silo", At)
{
    public override Task Apply(RealCluster cluster, AttendedRun run)
    {
        run.Disturbed();
        return Task.WhenAll(cluster.Remove(cluster.Silos[Which % cluster.Silos.Count]), cluster.StartSilos(1, Shape.Slots));
    }
}

/// <summary>SIGSTOP, and SIGCONT after a while: the cluster may have given the silo up by then, or not.</summary>
/// <param name="Which">Number of the silo.</param>
/// <param name="Pause">How long it stands still.</param>
internal sealed record FreezeSilo(TimeSpan At, int Which, TimeSpan Pause) : Disturbance(FormattableString.Invariant($"freeze a silo for {Pause.TotalSeconds:F1} s"), At)
{
    public override async Task Apply(RealCluster cluster, AttendedRun run)
    {
        run.Disturbed();
        var silo = cluster.Silos[Which % cluster.Silos.Count];
        silo.Process.Send(Signal.Stop);
        await Task.Delay(Pause);
        silo.Process.Send(Signal.Continue);
    }
}

/// <summary>The first silo that comes to a named point in the code dies there; another comes.</summary>
/// <param name="Point">See docs/chaos.md.</param>
internal sealed record KillAtPoint(TimeSpan At, string Point) : Disturbance($"kill at {Point}", At)
{
    public override async Task Apply(RealCluster cluster, AttendedRun run)
    {
        cluster.Faults.Arm(Point);
        await Deadline.Until(() => run.HasEnded || cluster.Faults.WasReached(Point), $"a silo reaches {Point}", TimeSpan.FromSeconds(60));
        if (!cluster.Faults.WasReached(Point))
        {
            run.Missed(this);
            return;
        }

        run.Disturbed();
        await Deadline.Until(() => cluster.Silos.Any(silo => silo.Process.HasExited), "the silo is dead", TimeSpan.FromSeconds(10));
        await cluster.Kill(cluster.Silos.Where(silo => silo.Process.HasExited));
        await cluster.StartSilos(Shape.Silos - cluster.Silos.Count, Shape.Slots);
    }
}

/// <summary>An exception that nobody foresaw, at a named point.</summary>
/// <param name="Point">See docs/chaos.md.</param>
internal sealed record ThrowAtPoint(TimeSpan At, string Point) : Disturbance($"throw at {Point}", At)
{
    public override async Task Apply(RealCluster cluster, AttendedRun run)
    {
        cluster.Faults.Arm(Point, "throw");
        await Deadline.Until(() => run.HasEnded || cluster.Faults.WasReached(Point), $"a silo reaches {Point}", TimeSpan.FromSeconds(60));
        if (cluster.Faults.WasReached(Point))
        {
            run.Disturbed();
        }
        else
        {
            run.Missed(this);
        }
    }
}

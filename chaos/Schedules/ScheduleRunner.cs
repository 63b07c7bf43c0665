using System.Diagnostics;
using OrleansTrain.Harness.Cluster;
using OrleansTrain.Harness.Processes;
using OrleansTrain.Harness.Proxy;

namespace OrleansTrain.Schedules;

/// <summary>Runs schedules one after another on one cluster, mended in between.</summary>
internal sealed class ScheduleRunner(RealCluster cluster)
{
    // What a silo logs when a new attempt has taken its first step.
    private const string GoesOn = "goes on";

    // What a user may expect (docs/chaos.md); one that took longer is worth a look.
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(15);

    private string _weights = "";

    /// <summary>Starts the silos and trains once without disturbance.</summary>
    public async Task<string> Prepare()
    {
        await cluster.StartSilos(Shape.Silos, Shape.Slots);
        await using var run = new AttendedRun(cluster);
        var (outcome, trouble) = await run.Finish();
        return _weights = outcome is { Status: "FINISHED", WeightsSha256: { } weights }
            ? weights
            : throw new InvalidOperationException($"The undisturbed run did not finish: {trouble}{outcome?.Error}\n{run.Log}");
    }

    /// <summary>Runs one.</summary>
    /// <param name="log">Where the clients' and silos' output goes if it is not well, or recovered slowly.</param>
    public async Task<Verdict> Run(Schedule schedule, string log)
    {
        await Mend();
        var started = Stopwatch.GetTimestamp();
        var beginning = DateTimeOffset.UtcNow;
        var known = new HashSet<SiloProcess>(cluster.Silos);
        await using var run = new AttendedRun(cluster);
        var disturbing = Disturb(schedule, run, known);
        await run.Finish();
        var mistake = await Outcome(disturbing);
        // A disturbance may have put another client in the place of the one that has just ended.
        await run.Finish();
        var lines = known.Concat(cluster.Silos).Distinct()
            .SelectMany(silo => silo.Process.Lines.Where(line => line.At >= beginning).Select(line => (Silo: silo.Process.Name, Line: line)))
            .OrderBy(line => line.Line.At)
            .ToList();
        var verdict = await Verdict.Of(
            cluster, run, _weights, Recoveries(run, [.. lines.Select(line => line.Line)]), Stopwatch.GetElapsedTime(started).TotalSeconds);
        if (mistake is not null)
        {
            verdict = verdict with { Finished = false, Trouble = mistake };
        }

        if (!verdict.IsGood || verdict.Recoveries.Any(time => time > LongestRecovery))
        {
            await File.WriteAllTextAsync(
                log, $"{schedule}\n{verdict.Trouble}\n{run.Log}\n{string.Join('\n', lines.Select(line => $"{line.Line.At:HH:mm:ss.fff} {line.Silo}: {line.Line.Text}"))}\n");
        }

        return verdict;
    }

    // A schedule that could not take its course says so; the others still run.
    private static async Task<string?> Outcome(Task disturbing)
    {
        try
        {
            await disturbing;
            return null;
        }
        catch (TimeoutException late)
        {
            return late.Message.ReplaceLineEndings(" | ");
        }
    }

    private async Task Disturb(Schedule schedule, AttendedRun run, HashSet<SiloProcess> known)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var disturbance in schedule.Disturbances.OrderBy(disturbance => disturbance.At))
        {
            var wait = disturbance.At - Stopwatch.GetElapsedTime(started);
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            if (run.HasEnded)
            {
                run.Missed(disturbance);
                continue;
            }

            await disturbance.Apply(cluster, run);
            known.UnionWith(cluster.Silos);
        }
    }

    private async Task Mend()
    {
        cluster.Faults.Disarm();
        foreach (var proxy in (FaultProxy[])[cluster.RedisProxy, cluster.S3Proxy, cluster.TrackingProxy])
        {
            proxy.Fault = ProxyFault.None;
        }

        // A silo that the others declared dead while it was frozen ends itself.
        await cluster.Kill(cluster.Silos.Where(silo => silo.Process.HasExited));
        await cluster.Remove(cluster.Silos.Skip(Shape.Silos));
        await cluster.StartSilos(Shape.Silos - cluster.Silos.Count, Shape.Slots);
    }

    private static List<TimeSpan> Recoveries(AttendedRun run, IReadOnlyList<OutputLine> lines)
    {
        var recoveries = new List<TimeSpan>();
        var pending = new Queue<DateTimeOffset>(run.Disturbances);
        foreach (var line in lines.Where(line => line.Text.Contains(GoesOn, StringComparison.Ordinal)))
        {
            // Of several losses before a step the first is the one that stopped the run.
            if (pending.TryPeek(out var lost) && lost < line.At)
            {
                recoveries.Add(line.At - lost);
                while (pending.TryPeek(out lost) && lost < line.At)
                {
                    pending.Dequeue();
                }
            }
        }

        return recoveries;
    }
}

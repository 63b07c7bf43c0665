using System.Globalization;
using OrleansTrain.Harness.Cluster;
using OrleansTrain.Schedules;

// chaos/run.sh [N] [--seed S]
var count = 20;
var seed = 1;
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--seed" && i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out seed))
    {
        i++;
    }
    else if (!int.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out count) || count < 1)
    {
        await Console.Error.WriteLineAsync("chaos: usage: chaos/run.sh [N] [--seed S], N schedules (20) from seed S (1)");
        return 2;
    }
}

var logs = Directory.CreateDirectory(Path.Combine(OrleansTrain.Harness.Checkout.Root, "artifacts", "chaos"));
await using var cluster = await RealCluster.Start();
var runner = new ScheduleRunner(cluster);
Console.WriteLine($"undisturbed: weights_sha256 {await runner.Prepare()}");
var verdicts = new List<Verdict>();
foreach (var schedule in Enumerable.Range(seed, count).Select(Schedule.Draw))
{
    var log = Path.Combine(logs.FullName, $"seed-{schedule.Seed}.log");
    var verdict = await runner.Run(schedule, log);
    verdicts.Add(verdict);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {schedule.Seed}: {(verdict.IsGood ? "ok" : "BAD")} in {verdict.Seconds:F1} s{string.Concat(verdict.Recoveries.Select(time => FormattableString.Invariant($", recovered in {time.TotalSeconds:F1} s")))}: {schedule}{(verdict.IsGood ? "" : $": {verdict.Trouble} (see {log})")}"));
}

foreach (var line in Report.Lines(verdicts))
{
    Console.WriteLine(line);
}

return verdicts.All(verdict => verdict.IsGood) ? 0 : 1;

using OrleansTrain.Harness.Cluster;
using OrleansTrain.Harness.Processes;
using OrleansTrain.Schedules.Disturbances;

namespace OrleansTrain.Schedules;

/// <summary>The run of a schedule with the client that follows it.</summary>
internal sealed class AttendedRun(RealCluster cluster) : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private readonly List<DateTimeOffset> _disturbed = [];
    private readonly List<Disturbance> _missed = [];
    private readonly List<ManagedProcess> _clients = [cluster.Client(Shape.Arguments)];

    public bool HasEnded => Client.HasExited;

    /// <summary>When ranks may have been lost.</summary>
    public IReadOnlyList<DateTimeOffset> Disturbances => _disturbed;

    /// <summary>Points that the run never came to.</summary>
    public IReadOnlyList<Disturbance> MissedDisturbances => _missed;

    private ManagedProcess Client => _clients[^1];

    /// <summary>Ranks may have been lost now.</summary>
    public void Disturbed() => _disturbed.Add(DateTimeOffset.UtcNow);

    /// <summary>The run ended without coming there.</summary>
    public void Missed(Disturbance disturbance) => _missed.Add(disturbance);

    /// <summary>Kills the client and follows the run with another.</summary>
    public async Task ReplaceClient()
    {
        var line = await Client.WaitForLine("of experiment", Longest);
        var runId = line.Text.Split(' ')[1];
        Client.Send(Signal.Kill);
        await Client.WaitForExit(Longest);
        _clients.Add(cluster.Client("watch", runId, "--json"));
    }

    /// <summary>What the client said of the run's end, or why there is none.</summary>
    public async Task<(RunOutcome? Outcome, string Trouble)> Finish()
    {
        try
        {
            var code = await Client.WaitForExit(Longest);
            return Client.StandardOutput.Length > 0
                ? (RunOutcome.Parse(Client.StandardOutput), "")
                : (null, $"the client ended with {code}: {Client.LastLine}");
        }
        catch (TimeoutException)
        {
            return (null, $"no end after {Longest.TotalSeconds:F0} s; last: {Client.LastLine}");
        }
    }

    /// <summary>Everything the clients printed.</summary>
    public string Log => string.Join("\n", _clients.Select(client => $"--- {client.Name}\n{string.Join('\n', client.Lines.Select(line => $"{line.At:HH:mm:ss.fff} {line.Text}"))}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }
}

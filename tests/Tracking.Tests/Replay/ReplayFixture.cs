namespace OrleansTrain.Tracking.Tests.Replay;

/// <summary>Replays everything once, in the order it was recorded: later exchanges rest on earlier ones.</summary>
public sealed class ReplayFixture : IAsyncLifetime
{
    private readonly Dictionary<string, string?> _differences = new(StringComparer.Ordinal);

    /// <returns>Null if the answer was as recorded.</returns>
    public string? DifferenceOf(string id) => _differences[id];

    public async Task InitializeAsync()
    {
        // The Python client came last to each of the two servers.
        foreach (var series in Recording.LoadAll().GroupBy(recording => recording.Server))
        {
            await ReplayAsync([.. series, .. Recording.LoadPythonClient($"{series.Key}.json")]);
        }

        // To a server of its own, from its first request.
        await ReplayAsync(Recording.LoadPythonClient("whole.json"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task ReplayAsync(IReadOnlyList<Recording> series)
    {
        await using var replayer = await Replayer.StartAsync(series.Select(recording => recording.CreatedRunId).OfType<string>());
        foreach (var recording in series)
        {
            await LeftOut.BeforeAsync(replayer, recording);
            _differences[recording.Id] = await replayer.ReplayAsync(recording);
        }
    }
}

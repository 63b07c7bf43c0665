namespace OrleansTrain.Tracking.Tests.Replay;

public sealed class ReplayTests(ReplayFixture replay) : IClassFixture<ReplayFixture>
{
    private static readonly string[] Ids =
    [
        .. Recording.LoadAll().Concat(new[] { "proxy.json", "direct.json", "whole.json" }.SelectMany(Recording.LoadPythonClient))
            .Select(recording => recording.Id),
    ];

    public static TheoryData<string> Recordings() => [.. Ids];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void The_embedded_server_answers_as_MLflow_did(string id)
    {
        var difference = replay.DifferenceOf(id);
        if (DeliberateDifferences.Reasons.TryGetValue(id, out var reason))
        {
            Assert.True(difference is not null, $"{id} is listed as a deliberate difference ({reason}) but does not differ: take it off the list.");
        }
        else
        {
            Assert.True(difference is null, $"{id}: {difference}");
        }
    }

    [Fact]
    public void Every_deliberate_difference_is_one_of_a_recording() =>
        Assert.Empty(DeliberateDifferences.Reasons.Keys.Except(Ids));
}

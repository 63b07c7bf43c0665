using System.Text.RegularExpressions;

namespace OrleansTrain.Tracking.Tests.Replay;

/// <summary>Which ID of ours stands for which recorded one. Servers invent them, so they can only match by place.</summary>
internal sealed partial class Identities
{
    private readonly Dictionary<string, string> _oursOfRecorded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _recordedOfOurs = new(StringComparer.Ordinal);

    /// <summary>Run and model IDs are 32 hexadecimal digits.</summary>
    public void Learn(string recorded, string ours)
    {
        var (theirIds, ourIds) = (Id().Matches(recorded), Id().Matches(ours));
        if (theirIds.Count != ourIds.Count)
        {
            return;
        }

        foreach (var (theirs, our) in theirIds.Zip(ourIds))
        {
            if (_oursOfRecorded.TryAdd(theirs.Value, our.Value))
            {
                _recordedOfOurs[our.Value] = theirs.Value;
            }
        }
    }

    public string ToOurs(string recorded) => Id().Replace(recorded, match => _oursOfRecorded.GetValueOrDefault(match.Value, match.Value));

    public string ToRecorded(string ours) => Id().Replace(ours, match => _recordedOfOurs.GetValueOrDefault(match.Value, match.Value));

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex Id();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansTrain.Training.Checkpoints;

/// <summary>How the folders and objects of checkpoints are named. <c>prefix/step-000000000938/model.safetensors</c></summary>
internal static partial class CheckpointNames
{
    public const string Manifest = "manifest.json";

    public const string Model = "model.safetensors";

    private const string FolderStart = "step-";

    /// <summary>The folder of a checkpoint, with '/' at the end. Twelve digits, so that ordinal order is order of steps.</summary>
    public static string Folder(string prefix, long step) => $"{Normalise(prefix)}{FolderStart}{step.ToString("D12", CultureInfo.InvariantCulture)}/";

    /// <summary>The optimizer's state of a range of the flat buffer.</summary>
    public static string Optimizer(long start, long length) => string.Create(CultureInfo.InvariantCulture, $"optimizer-{start}-{length}.safetensors");

    /// <summary>Random states and buffers of one rank.</summary>
    public static string Rank(int rank) => $"rank-{rank.ToString("D5", CultureInfo.InvariantCulture)}.safetensors";

    /// <summary>The step a key below <paramref name="prefix"/> belongs to, and the object's name; false for anything else.</summary>
    public static bool TryParse(string prefix, string key, out long step, out string name)
    {
        (step, name) = (0, "");
        var match = key.StartsWith(Normalise(prefix), StringComparison.Ordinal) ? Below().Match(key[Normalise(prefix).Length..]) : Match.Empty;
        if (!match.Success)
        {
            return false;
        }

        name = match.Groups["name"].Value;
        return long.TryParse(match.Groups["step"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out step);
    }

    /// <summary>Whether a manifest may name an object so: nothing that leads out of the folder.</summary>
    public static bool IsObject(string name) => Object().IsMatch(name);

    /// <summary>A key prefix that is empty or ends in '/'.</summary>
    public static string Normalise(string prefix) => prefix.Length == 0 || prefix.EndsWith('/') ? prefix : prefix + "/";

    [GeneratedRegex(@"^step-(?<step>[0-9]{12,18})/(?<name>[a-z0-9][a-z0-9.\-]*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Below();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.\-]{0,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Object();
}

using System.Globalization;
using System.Text.RegularExpressions;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers.Registry;

/// <summary>What MLflow checks of the registry's names.</summary>
internal static partial class RegistryNames
{
    private const int AliasLength = 255;

    private static readonly string[] Stages = ["None", "Staging", "Production", "Archived"];

    public static bool IsActiveStage(string stage) => stage is "Staging" or "Production";

    /// <returns>The number of a version.</returns>
    public static long CheckVersion(string version) =>
        long.TryParse(version, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw MlflowError.InvalidParameter($"Parameter 'version' must be an integer, got '{version}'.");

    /// <returns>The stage as MLflow spells it.</returns>
    public static string CheckStage(string stage) => Array.Find(Stages, name => name.Equals(stage, StringComparison.OrdinalIgnoreCase))
        ?? throw MlflowError.InvalidParameter($"Invalid Model Version stage: {stage}. Value must be one of {string.Join(", ", Stages)}.");

    public static void CheckAlias(string alias)
    {
        if (!AliasCharacters().IsMatch(alias))
        {
            throw MlflowError.InvalidParameter(
                $"Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).");
        }

        Validation.CheckLength("Registered model alias name", AliasLength, alias);
        if (alias.Equals("latest", StringComparison.OrdinalIgnoreCase))
        {
            throw MlflowError.InvalidParameter("'latest' alias name (case insensitive) is reserved.");
        }

        if (VersionLike().IsMatch(alias))
        {
            throw MlflowError.InvalidParameter($"Version alias name '{alias}' is reserved.");
        }
    }

    [GeneratedRegex(@"^[\w\-]*$", RegexOptions.NonBacktracking)]
    private static partial Regex AliasCharacters();

    [GeneratedRegex(@"^[vV]\d+$", RegexOptions.NonBacktracking)]
    private static partial Regex VersionLike();
}

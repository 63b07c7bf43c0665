using OrleansTrain.Tracking.Server.Database.Registry;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>
/// Prompts (MLflow 3) are registered models with a mark. A search finds models alone unless it asks for prompts, and MLflow's client writes
/// <c>tag.`mlflow.prompt.is_prompt` != 'true'</c> into every search for models: models that lack the mark are meant, too.
/// </summary>
internal static class Prompts
{
    public static bool IsAbout(Comparison comparison) => comparison.Entity == Entity.Tag && comparison.Key == PromptTag.Key;

    /// <summary>As MLflow decides: by the first comparison with the mark.</summary>
    public static bool AreAskedFor(IEnumerable<Comparison> comparisons) => comparisons.FirstOrDefault(IsAbout) is { } mark
        && ((mark.Operator == "=" && Means(mark, "true")) || (mark.Operator == "!=" && Means(mark, "false")));

    private static bool Means(Comparison comparison, string value) => string.Equals(comparison.Value, value, StringComparison.OrdinalIgnoreCase);
}

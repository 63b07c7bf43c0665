namespace OrleansTrain.Tracking.Server.Database;

internal static class LifecycleStage
{
    public const string Active = "active";
    public const string Deleted = "deleted";

    /// <summary>The stages that a view of a search shows.</summary>
    public static string[] Of(string viewType) => viewType switch
    {
        "DELETED_ONLY" => [Deleted],
        "ALL" => [Active, Deleted],
        _ => [Active],
    };
}

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>What a filter or an ordering can name.</summary>
internal static class Entity
{
    public const string Metric = "metric";
    public const string Param = "parameter";
    public const string Tag = "tag";
    public const string Attribute = "attribute";
    public const string Dataset = "dataset";
}

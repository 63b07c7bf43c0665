using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>Searching the models that runs logged.</summary>
internal sealed class LoggedModelDialect : SearchDialect
{
    private static readonly Dictionary<string, string> TextColumns = new(StringComparer.Ordinal)
    {
        ["name"] = "m.name",
        ["model_id"] = "m.model_id",
        ["model_type"] = "m.model_type",
        ["status"] = "m.status",
        ["source_run_id"] = "m.source_run_id",
        ["artifact_location"] = "m.artifact_uri",
    };

    private static readonly Dictionary<string, string> TimeColumns = new(StringComparer.Ordinal)
    {
        ["creation_timestamp"] = "m.creation_time",
        ["creation_time"] = "m.creation_time",
        ["last_updated_timestamp"] = "m.last_updated_time",
        ["last_updated_time"] = "m.last_updated_time",
    };

    public override (string Entity, string Key) ReadFilterIdentifier(string identifier)
    {
        var (name, key) = Cut(identifier);
        return name switch
        {
            null or "attribute" or "attributes" => (Entity.Attribute, CheckAttribute(key, [.. TextColumns.Keys, .. TimeColumns.Keys])),
            "metric" or "metrics" => (Entity.Metric, key),
            "param" or "params" => (Entity.Param, key),
            "tag" or "tags" => (Entity.Tag, key),
            _ => throw MlflowError.InvalidParameter($"Invalid entity type: {name!}. Expected one of 'metrics', 'params', 'tags', 'attributes'."),
        };
    }

    public override (string Entity, string Key) ReadOrderIdentifier(string identifier) => ReadFilterIdentifier(identifier);

    public override bool IsNumericAttribute(string key) => TimeColumns.ContainsKey(key);

    public override string NormalizeOperator(string comparator) => comparator.ToUpperInvariant();

    public override void CheckOperator(Comparison comparison)
    {
        var isNumber = comparison.Entity == Entity.Metric || (comparison.Entity == Entity.Attribute && IsNumericAttribute(comparison.Key));
        if (!(isNumber ? NumericOperators : [.. TextOperators, "IN", "NOT IN"]).Contains(comparison.Operator))
        {
            throw MlflowError.InvalidParameter($"Invalid comparison operator for {comparison.Entity} {comparison.Key}: {comparison.Operator}");
        }
    }

    public override string ShowInvalidClause(string clause) => clause;

    public static string ColumnOf(string key) => TextColumns.GetValueOrDefault(key) ?? TimeColumns[key];
}

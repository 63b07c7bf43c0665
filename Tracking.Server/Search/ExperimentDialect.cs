using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

internal sealed class ExperimentDialect : SearchDialect
{
    private static readonly string[] SearchableAttributes = ["name", "creation_time", "last_update_time"];

    /// <summary>A set in MLflow: this order is the one it was recorded with.</summary>
    private static readonly string[] OrderableAttributes = ["last_update_time", "creation_time", "experiment_id", "name"];

    public override (string Entity, string Key) ReadFilterIdentifier(string identifier) => Read(identifier, SearchableAttributes);

    public override (string Entity, string Key) ReadOrderIdentifier(string identifier)
    {
        var (entity, key) = Read(identifier, OrderableAttributes);
        return entity == Entity.Attribute ? (entity, key) : throw MlflowError.InvalidParameter($"Invalid order_by entity: {entity}");
    }

    public override bool IsNumericAttribute(string key) => key is "creation_time" or "last_update_time";

    public override string NormalizeOperator(string comparator) => comparator;

    public override void CheckOperator(Comparison comparison)
    {
        var (valid, what) = comparison.Entity == Entity.Tag ? (TextOperators, "tag")
            : IsNumericAttribute(comparison.Key) ? (NumericOperators, "numeric attribute")
            : (TextOperators, "string attribute");
        if (!valid.Contains(comparison.Operator))
        {
            throw MlflowError.InvalidParameter($"Invalid comparator for {what}: {comparison.Operator}");
        }
    }

    public override string ShowInvalidClause(string clause) => clause;

    private static (string Entity, string Key) Read(string identifier, string[] attributes)
    {
        var (name, key) = Cut(identifier);
        return name switch
        {
            null or "attribute" => (Entity.Attribute, CheckAttribute(key, attributes)),
            "tag" or "tags" => (Entity.Tag, key),
            _ => throw MlflowError.InvalidParameter($"Invalid entity type '{name}'. Valid entity types are ('attribute', 'tag', 'tags')"),
        };
    }
}

using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>Searching registered models or their versions.</summary>
/// <param name="columns">Columns of the attributes that a filter may name; those of <paramref name="numeric"/> hold numbers.</param>
/// <param name="orderColumns">Columns of the attributes that an ordering may name.</param>
internal sealed class RegistryDialect(
    IReadOnlyDictionary<string, string> columns, IReadOnlyCollection<string> numeric, IReadOnlyDictionary<string, string> orderColumns) : SearchDialect
{
    public override (string Entity, string Key) ReadFilterIdentifier(string identifier)
    {
        var (name, key) = Cut(identifier);
        return name switch
        {
            null or "attribute" => (Entity.Attribute, CheckAttribute(key, [.. columns.Keys])),
            "tag" or "tags" => (Entity.Tag, key),
            _ => throw MlflowError.InvalidParameter($"Invalid entity type '{name}'. Valid entity types are ('attribute', 'tag', 'tags')"),
        };
    }

    public override (string Entity, string Key) ReadOrderIdentifier(string identifier)
    {
        var key = Cut(identifier).Key;
        return orderColumns.ContainsKey(key)
            ? (Entity.Attribute, key)
            : throw MlflowError.InvalidParameter(
                $"Invalid order by key '{identifier}' specified. Valid keys are '{{{string.Join(", ", orderColumns.Keys.Select(name => $"'{name}'"))}}}'");
    }

    public override bool IsNumericAttribute(string key) => numeric.Contains(key);

    public override string NormalizeOperator(string comparator) => comparator.ToUpperInvariant();

    public override void CheckOperator(Comparison comparison)
    {
        var valid = comparison.Entity == Entity.Attribute && IsNumericAttribute(comparison.Key) ? NumericOperators
            : comparison.Key == "run_id" ? [.. TextOperators, "IN"]
            : TextOperators;
        if (!valid.Contains(comparison.Operator))
        {
            throw MlflowError.InvalidParameter($"Invalid comparator for {comparison.Entity}: {comparison.Operator}");
        }
    }

    public override string ShowInvalidClause(string clause) => clause;

    public string ColumnOf(string key) => columns[key];

    public string OrderColumnOf(string key) => orderColumns[key];
}

using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

internal sealed class RunDialect : SearchDialect
{
    private static readonly string[] SearchableAttributes =
        ["run_id", "run_name", "user_id", "status", "start_time", "end_time", "artifact_uri", "created", "Created", "run name", "Run name", "Run Name"];

    private static readonly string[] OrderableAttributes =
        ["run_id", "run_name", "user_id", "status", "start_time", "end_time", "artifact_uri", "created", "Created"];

    private static readonly string[] DatasetAttributes = ["name", "digest", "context"];

    private static readonly Dictionary<string, string> Entities = new(StringComparer.Ordinal)
    {
        ["metric"] = Entity.Metric,
        ["metrics"] = Entity.Metric,
        ["parameter"] = Entity.Param,
        ["parameters"] = Entity.Param,
        ["param"] = Entity.Param,
        ["params"] = Entity.Param,
        ["tag"] = Entity.Tag,
        ["tags"] = Entity.Tag,
        ["attribute"] = Entity.Attribute,
        ["attributes"] = Entity.Attribute,
        ["attr"] = Entity.Attribute,
        ["run"] = Entity.Attribute,
        ["dataset"] = Entity.Dataset,
        ["datasets"] = Entity.Dataset,
    };

    public override (string Entity, string Key) ReadFilterIdentifier(string identifier) => Read(identifier, SearchableAttributes);

    public override (string Entity, string Key) ReadOrderIdentifier(string identifier) => Read(identifier, OrderableAttributes);

    public override bool IsNumericAttribute(string key) => key is "start_time" or "end_time";

    public override string NormalizeOperator(string comparator) => comparator.ToUpperInvariant();

    public override void CheckOperator(Comparison comparison)
    {
        var valid = comparison.Entity switch
        {
            Entity.Metric => NumericOperators,
            Entity.Attribute when IsNumericAttribute(comparison.Key) => NumericOperators,
            Entity.Attribute or Entity.Dataset => [.. TextOperators, "IN", "NOT IN"],
            _ => TextOperators,
        };
        if (!valid.Contains(comparison.Operator))
        {
            throw MlflowError.InvalidParameter(
                $"Invalid comparator '{comparison.Operator}' not one of '{{{string.Join(", ", valid.Select(name => $"'{name}'"))}}}'");
        }
    }

    public override string ShowInvalidClause(string clause) => $"'{clause}'";

    private static (string Entity, string Key) Read(string identifier, string[] attributes)
    {
        var (name, key) = Cut(identifier);
        var entity = name is null ? Entity.Attribute : Entities.GetValueOrDefault(name) ?? throw MlflowError.InvalidParameter(
            $"Invalid entity type '{name}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']");
        return entity switch
        {
            Entity.Attribute => (entity, Alias(CheckAttribute(key, attributes))),
            Entity.Dataset when !DatasetAttributes.Contains(key) => throw MlflowError.InvalidParameter(
                $"Invalid dataset key '{key}' specified. Valid keys are '{{'name', 'digest', 'context'}}'"),
            _ => (entity, key),
        };
    }

    private static string Alias(string key) => key switch
    {
        "created" or "Created" => "start_time",
        "run name" or "Run name" or "Run Name" => "run_name",
        _ => key,
    };
}

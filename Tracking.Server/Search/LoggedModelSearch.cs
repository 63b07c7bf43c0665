using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Database.Registry;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>Builds the query of <c>logged-models/search</c>.</summary>
internal static class LoggedModelSearch
{
    private static readonly LoggedModelDialect Dialect = new();
    private static readonly FilterParser Parser = new(Dialect);

    /// <param name="orderBy">Messages with <c>field_name</c> and <c>ascending</c>.</param>
    public static List<LoggedModelRecord> Find(
        Session session, IReadOnlyList<string> experimentIds, string filter, IReadOnlyList<Message> orderBy, long limit, long offset)
    {
        var parameters = new SqlParameters();
        List<string> conditions =
        [
            $"m.experiment_id IN (SELECT value FROM json_each({parameters.Add($"[{string.Join(',', experimentIds.Select(ExperimentTable.ParseId))}]")}))",
            .. Parser.Parse(filter).Select(comparison => Condition(comparison, parameters)),
        ];
        return LoggedModelTable.Search(
            session, string.Join(" AND ", conditions), string.Join(", ", Order(orderBy, parameters)), limit, offset, parameters.ToArray());
    }

    private static string Condition(Comparison comparison, SqlParameters parameters) => comparison.Entity == Entity.Attribute
        ? ComparisonSql.Of(comparison, LoggedModelDialect.ColumnOf(comparison.Key), Dialect.IsNumericAttribute(comparison.Key), parameters)
        : $"EXISTS (SELECT 1 FROM {Table(comparison.Entity)} f WHERE f.model_id = m.model_id AND f.key = {parameters.Add(comparison.Key)} "
            + $"AND {ComparisonSql.Of(comparison, "f.value", comparison.Entity == Entity.Metric, parameters)})";

    /// <summary>Newest first unless asked otherwise; metrics by their newest value.</summary>
    private static IEnumerable<string> Order(IReadOnlyList<Message> orderBy, SqlParameters parameters)
    {
        foreach (var ordering in orderBy)
        {
            var (entity, key) = Dialect.ReadOrderIdentifier(ordering.Text("field_name"));
            var column = entity == Entity.Attribute
                ? LoggedModelDialect.ColumnOf(key)
                : $"(SELECT f.value FROM {Table(entity)} f WHERE f.model_id = m.model_id AND f.key = {parameters.Add(key)} ORDER BY f.rowid DESC LIMIT 1)";
            yield return $"{column} {(ordering.Has("ascending") && !ordering.Flag("ascending") ? "DESC" : "ASC")} NULLS LAST";
        }

        yield return "m.creation_time DESC";
        yield return "m.model_id";
    }

    private static string Table(string entity) => entity switch
    {
        Entity.Metric => "logged_model_metrics",
        Entity.Param => "logged_model_params",
        _ => "logged_model_tags",
    };
}

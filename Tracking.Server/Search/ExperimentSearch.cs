using OrleansTrain.Tracking.Server.Database;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>Builds the query of <c>experiments/search</c>.</summary>
internal static class ExperimentSearch
{
    private static readonly ExperimentDialect Dialect = new();
    private static readonly FilterParser Parser = new(Dialect);
    private static readonly string[] DefaultOrder = ["creation_time DESC", "experiment_id ASC"];

    public static List<ExperimentRecord> Find(Session session, string filter, IReadOnlyList<string> orderBy, string viewType, long limit, long offset)
    {
        var parameters = new SqlParameters();
        List<string> conditions =
        [
            $"e.lifecycle_stage IN (SELECT value FROM json_each({parameters.Add(Session.List(LifecycleStage.Of(viewType)))}))",
            .. Parser.Parse(filter).Select(comparison => Condition(comparison, parameters)),
        ];
        return ExperimentTable.Search(session, string.Join(" AND ", conditions), Order(orderBy), limit, offset, parameters.ToArray());
    }

    private static string Condition(Comparison comparison, SqlParameters parameters) => comparison.Entity == Entity.Tag
        ? $"EXISTS (SELECT 1 FROM experiment_tags t WHERE t.experiment_id = e.experiment_id AND t.key = {parameters.Add(comparison.Key)} "
            + $"AND {ComparisonSql.Of(comparison, "t.value", numeric: false, parameters)})"
        : ComparisonSql.Of(comparison, $"e.{comparison.Key}", Dialect.IsNumericAttribute(comparison.Key), parameters);

    private static string Order(IReadOnlyList<string> orderBy)
    {
        var orderings = (orderBy.Count == 0 ? DefaultOrder : orderBy).Select(clause => Ordering.Parse(clause, Dialect)).ToList();
        if (!orderings.Exists(ordering => ordering.Key == "experiment_id"))
        {
            orderings.Add(new Ordering(Entity.Attribute, "experiment_id", Ascending: false));
        }

        return string.Join(", ", orderings.Select(ordering => $"e.{ordering.Key} {(ordering.Ascending ? "ASC" : "DESC")}"));
    }
}

using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>Builds the query of <c>runs/search</c>. Runs are ordered by what is asked, then newest first, then by ID.</summary>
internal static class RunSearch
{
    private static readonly RunDialect Dialect = new();
    private static readonly FilterParser Parser = new(Dialect);

    public static List<RunRecord> Find(
        Session session,
        IReadOnlyList<string> experimentIds,
        string filter,
        IReadOnlyList<string> orderBy,
        string viewType,
        long limit,
        long offset)
    {
        var parameters = new SqlParameters();
        var ids = $"[{string.Join(',', experimentIds.Select(ExperimentTable.ParseId))}]";
        List<string> conditions =
        [
            $"r.experiment_id IN (SELECT value FROM json_each({parameters.Add(ids)}))",
            $"r.lifecycle_stage IN (SELECT value FROM json_each({parameters.Add(Session.List(LifecycleStage.Of(viewType)))}))",
            .. Parser.Parse(filter).Select(comparison => Condition(comparison, parameters)),
        ];
        var (joins, order) = Order(orderBy, parameters);
        var sql = $"SELECT {RunTable.Columns} FROM runs r {joins} WHERE {string.Join(" AND ", conditions)} ORDER BY {order} "
            + $"LIMIT {limit} OFFSET {offset}";
        return RunLoader.Load(session, session.Query(sql, RunTable.ReadInfo, parameters.ToArray()));
    }

    private static string Condition(Comparison comparison, SqlParameters parameters) => comparison.Entity switch
    {
        // As in MLflow, the name is looked for in the tag that mirrors it.
        Entity.Attribute when comparison.Key == "run_name" => HasKey("tags", RunTable.NameTag, comparison, numeric: false, parameters),
        Entity.Attribute => ComparisonSql.Of(comparison, $"r.{comparison.Key}", Dialect.IsNumericAttribute(comparison.Key), parameters),
        Entity.Metric => HasKey("latest_metrics", comparison.Key, comparison, numeric: true, parameters),
        Entity.Param => HasKey("params", comparison.Key, comparison, numeric: false, parameters),
        Entity.Dataset => HasDataset(comparison, parameters),
        _ => HasKey("tags", comparison.Key, comparison, numeric: false, parameters),
    };

    private static string HasKey(string table, string key, Comparison comparison, bool numeric, SqlParameters parameters) =>
        $"EXISTS (SELECT 1 FROM {table} f WHERE f.run_id = r.run_id AND f.key = {parameters.Add(key)} "
        + $"AND {ComparisonSql.Of(comparison, "f.value", numeric, parameters)})";

    private static string HasDataset(Comparison comparison, SqlParameters parameters) => comparison.Key == "context"
        ? "EXISTS (SELECT 1 FROM input_tags t WHERE t.run_id = r.run_id AND t.name = 'mlflow.data.context' "
            + $"AND {ComparisonSql.Of(comparison, "t.value", numeric: false, parameters)})"
        : "EXISTS (SELECT 1 FROM inputs i JOIN datasets d USING (dataset_id) WHERE i.run_id = r.run_id "
            + $"AND {ComparisonSql.Of(comparison, $"d.{comparison.Key}", numeric: false, parameters)})";

    private static (string Joins, string Order) Order(IReadOnlyList<string> orderBy, SqlParameters parameters)
    {
        var (joins, terms, seen) = (new List<string>(), new List<string>(), new HashSet<(string, string)>());
        foreach (var ordering in orderBy.Select(clause => Ordering.Parse(clause, Dialect)))
        {
            if (!seen.Add((ordering.Entity, ordering.Key)))
            {
                throw MlflowError.Internal($"`order_by` contains duplicate fields: [{string.Join(", ", orderBy.Select(clause => $"'{clause}'"))}]");
            }

            var column = $"r.{ordering.Key}";
            if (ordering.Entity != Entity.Attribute)
            {
                var alias = $"o{joins.Count}";
                joins.Add($"LEFT JOIN {Table(ordering.Entity)} {alias} ON {alias}.run_id = r.run_id AND {alias}.key = {parameters.Add(ordering.Key)}");
                column = $"{alias}.value";
                terms.Add(ordering.Entity == Entity.Metric
                    ? $"CASE WHEN {alias}.is_nan THEN 1 WHEN {column} IS NULL THEN 2 ELSE 0 END"
                    : $"{column} IS NULL");
            }
            else
            {
                terms.Add($"{column} IS NULL");
            }

            terms.Add($"{column} {(ordering.Ascending ? "ASC" : "DESC")}");
        }

        if (!seen.Contains((Entity.Attribute, "start_time")))
        {
            terms.Add("r.start_time DESC");
        }

        terms.Add("r.run_id");
        return (string.Join(' ', joins), string.Join(", ", terms));
    }

    private static string Table(string entity) => entity switch
    {
        Entity.Metric => "latest_metrics",
        Entity.Param => "params",
        Entity.Tag => "tags",
        _ => throw MlflowError.InvalidParameter($"Invalid identifier type '{entity}'"),
    };
}

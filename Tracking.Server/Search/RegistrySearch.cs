using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Database.Registry;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>Builds the queries of <c>registered-models/search</c> and <c>model-versions/search</c>.</summary>
internal static class RegistrySearch
{
    private static readonly RegistryDialect Models = new(
        new Dictionary<string, string> { ["name"] = "m.name" },
        [],
        new Dictionary<string, string>
        {
            ["name"] = "m.name",
            ["timestamp"] = "m.last_updated_time",
            ["last_updated_timestamp"] = "m.last_updated_time",
            ["creation_timestamp"] = "m.creation_time",
        });

    private static readonly RegistryDialect Versions = new(
        new Dictionary<string, string>
        {
            ["name"] = "v.name",
            ["run_id"] = "v.run_id",
            ["source_path"] = "v.source",
            ["version_number"] = "v.version",
            ["creation_timestamp"] = "v.creation_time",
            ["last_updated_timestamp"] = "v.last_updated_time",
        },
        ["version_number", "creation_timestamp", "last_updated_timestamp"],
        new Dictionary<string, string>
        {
            ["name"] = "v.name",
            ["version_number"] = "v.version",
            ["creation_timestamp"] = "v.creation_time",
            ["last_updated_timestamp"] = "v.last_updated_time",
        });

    public static List<RegisteredModelRecord> FindModels(Session session, string filter, IReadOnlyList<string> orderBy, long limit, long offset)
    {
        var parameters = new SqlParameters();
        var where = Where(filter, Models, "registered_model_tags t WHERE t.name = m.name", "registered_model_tags t WHERE t.name = m.name", parameters);
        return RegisteredModelTable.Search(
            session, string.Join(" AND ", ["TRUE", .. where]), Order(orderBy, Models, ["m.name ASC"]), limit, offset, parameters.ToArray());
    }

    public static List<ModelVersionRecord> FindVersions(Session session, string filter, IReadOnlyList<string> orderBy, long limit, long offset)
    {
        var parameters = new SqlParameters();
        var where = Where(
            filter,
            Versions,
            "model_version_tags t WHERE t.name = v.name AND t.version = v.version",
            "model_version_tags t WHERE t.name = v.name",
            parameters);
        return ModelVersionTable.Search(
            session,
            string.Join(" AND ", [ModelVersionTable.NotDeleted, .. where]),
            Order(orderBy, Versions, ["v.last_updated_time DESC", "v.name ASC", "v.version DESC"]),
            limit,
            offset,
            parameters.ToArray());
    }

    /// <param name="tags">The tags of a row, as SQL.</param>
    /// <param name="tagsOfName">The tags of all rows of its name: where one of them marks a prompt, all are versions of a prompt.</param>
    private static IEnumerable<string> Where(string filter, RegistryDialect dialect, string tags, string tagsOfName, SqlParameters parameters)
    {
        var comparisons = new FilterParser(dialect).Parse(filter);
        if (!Prompts.AreAskedFor(comparisons))
        {
            comparisons = [.. comparisons.Where(static comparison => !Prompts.IsAbout(comparison))];
            yield return $"NOT EXISTS (SELECT 1 FROM {tagsOfName} AND t.key = '{PromptTag.Key}' AND t.value = 'true')";
        }

        foreach (var comparison in comparisons)
        {
            yield return comparison.Entity == Entity.Tag
                ? $"EXISTS (SELECT 1 FROM {tags} AND t.key = {parameters.Add(comparison.Key)} "
                    + $"AND {ComparisonSql.Of(comparison, "t.value", numeric: false, parameters)})"
                : ComparisonSql.Of(comparison, dialect.ColumnOf(comparison.Key), dialect.IsNumericAttribute(comparison.Key), parameters);
        }
    }

    /// <param name="always">Orders what is still tied.</param>
    private static string Order(IReadOnlyList<string> orderBy, RegistryDialect dialect, string[] always)
    {
        List<string> columns = [];
        List<string> terms = [];
        foreach (var ordering in orderBy.Select(clause => Ordering.Parse(clause, dialect)))
        {
            var column = dialect.OrderColumnOf(ordering.Key);
            if (columns.Contains(column))
            {
                throw MlflowError.Internal($"`order_by` contains duplicate fields: [{string.Join(", ", orderBy.Select(PythonText.Repr))}]");
            }

            columns.Add(column);
            terms.Add($"{column} {(ordering.Ascending ? "ASC" : "DESC")}");
        }

        return string.Join(", ", [.. terms, .. always]);
    }
}

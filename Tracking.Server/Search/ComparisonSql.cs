using System.Globalization;
using OrleansTrain.Tracking.Server.Database;

namespace OrleansTrain.Tracking.Server.Search;

internal static class ComparisonSql
{
    /// <param name="column">A column of ours, never a caller's text.</param>
    /// <param name="numeric">True: the value is a number.</param>
    public static string Of(Comparison comparison, string column, bool numeric, SqlParameters parameters)
    {
        if (comparison.Values is { } list)
        {
            return $"{column} {(comparison.Operator == "IN" ? "IN" : "NOT IN")} (SELECT value FROM json_each({parameters.Add(Session.List(list))}))";
        }

        var value = parameters.Add(numeric ? double.Parse(comparison.Value, NumberStyles.Float, CultureInfo.InvariantCulture) : comparison.Value);
        return comparison.Operator == "ILIKE" ? $"lower({column}) LIKE lower({value})" : $"{column} {comparison.Operator} {value}";
    }
}

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>Collects the values of a statement while its text is built.</summary>
internal sealed class SqlParameters
{
    private readonly List<object?> _values = [];

    /// <returns>The placeholder.</returns>
    public string Add(object? value)
    {
        _values.Add(value);
        return $"${_values.Count}";
    }

    public object?[] ToArray() => [.. _values];
}

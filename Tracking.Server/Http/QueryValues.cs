namespace OrleansTrain.Tracking.Server.Http;

/// <summary>The parameters of a query, decoded as HTML forms are: <c>+</c> is a space.</summary>
internal sealed class QueryValues
{
    private readonly List<(string Name, string Value)> _values = [];

    public QueryValues(ReadOnlySpan<char> query)
    {
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.Length > 0)
            {
                var equals = pair.IndexOf('=');
                _values.Add((Decode(equals < 0 ? pair : pair[..equals]), equals < 0 ? "" : Decode(pair[(equals + 1)..])));
            }
        }
    }

    public int Count => _values.Count;

    public bool Has(string name) => _values.Exists(value => value.Name == name);

    public string? First(string name) => Has(name) ? _values.Find(value => value.Name == name).Value : null;

    public IReadOnlyList<string> All(string name) => [.. _values.Where(value => value.Name == name).Select(value => value.Value)];

    private static string Decode(ReadOnlySpan<char> text) => PercentEncoding.Decode(text.ToString().Replace('+', ' '));
}

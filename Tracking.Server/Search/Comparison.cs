namespace OrleansTrain.Tracking.Server.Search;

/// <summary>One condition of a filter, checked. The value is text, a number as text, or a list.</summary>
internal sealed record Comparison(string Entity, string Key, string Operator, string Value, IReadOnlyList<string>? Values = null);

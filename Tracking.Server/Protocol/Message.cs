namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>Values of a request message; what was not sent has protobuf's default.</summary>
internal sealed class Message
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    public bool Has(string field) => _values.ContainsKey(field);

    public string Text(string field) => _values.GetValueOrDefault(field) as string ?? "";

    /// <summary>Null when not sent, unlike <see cref="Text"/>.</summary>
    public string? TextOrNull(string field) => _values.GetValueOrDefault(field) as string;

    public long Integer(string field, long absent = 0) => _values.GetValueOrDefault(field) is long value ? value : absent;

    public long? IntegerOrNull(string field) => _values.GetValueOrDefault(field) as long?;

    public double Number(string field) => _values.GetValueOrDefault(field) is double value ? value : 0;

    public bool Flag(string field) => _values.GetValueOrDefault(field) is true;

    public Message? One(string field) => _values.GetValueOrDefault(field) as Message;

    public IReadOnlyList<Message> Many(string field) => _values.GetValueOrDefault(field) is List<object> list ? [.. list.Cast<Message>()] : [];

    public IReadOnlyList<string> Texts(string field) => _values.GetValueOrDefault(field) is List<object> list ? [.. list.Cast<string>()] : [];

    /// <summary>The ID of a run, which older clients call <c>run_uuid</c>.</summary>
    public string RunId() => Text("run_id") is { Length: > 0 } id ? id : Text("run_uuid");

    public void Set(string field, object value) => _values[field] = value;

    public List<object> StartList(string field)
    {
        var list = new List<object>();
        _values[field] = list;
        return list;
    }

    public void Clear(string field) => _values.Remove(field);
}

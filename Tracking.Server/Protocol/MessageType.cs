namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>The fields of a request message, in the order of MLflow's protobuf files.</summary>
internal sealed class MessageType
{
    private readonly Dictionary<string, Field> _byName = new(StringComparer.Ordinal);

    public MessageType(params Field[] fields)
    {
        Fields = fields;
        foreach (var field in fields)
        {
            _byName[field.Name] = field;
            _byName[CamelCase(field.Name)] = field;
        }
    }

    public IReadOnlyList<Field> Fields { get; }

    /// <summary>Null for a field that the message does not have: MLflow ignores those.</summary>
    public Field? Find(string name) => _byName.GetValueOrDefault(name);

    private static string CamelCase(string name)
    {
        var parts = name.Split('_');
        return string.Concat(parts.Select((part, index) => index == 0 || part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));
    }
}

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>A field of a request message.</summary>
/// <param name="Name">Snake case, as in MLflow's protobuf files; JSON may also say it in camel case.</param>
/// <param name="Values">Names of an enum by their numbers.</param>
internal sealed record Field(
    string Name, FieldKind Kind, bool Repeated = false, MessageType? Message = null, IReadOnlyDictionary<int, string>? Values = null)
{
    public static Field Text(string name) => new(name, FieldKind.Text);

    public static Field Texts(string name) => new(name, FieldKind.Text, Repeated: true);

    public static Field Integer(string name) => new(name, FieldKind.Integer);

    public static Field Number(string name) => new(name, FieldKind.Number);

    public static Field Flag(string name) => new(name, FieldKind.Flag);

    public static Field Choice(string name, IReadOnlyDictionary<int, string> values) => new(name, FieldKind.Choice, Values: values);

    public static Field One(string name, MessageType type) => new(name, FieldKind.Message, Message: type);

    public static Field Many(string name, MessageType type) => new(name, FieldKind.Message, Repeated: true, Message: type);
}

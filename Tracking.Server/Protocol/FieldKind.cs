namespace OrleansTrain.Tracking.Server.Protocol;

internal enum FieldKind
{
    Text,

    /// <summary>64 bits, signed.</summary>
    Integer,

    /// <summary>64-bit floating point.</summary>
    Number,

    Flag,

    /// <summary>An enum, kept by name.</summary>
    Choice,

    Message,
}

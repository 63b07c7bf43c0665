namespace OrleansTrain.Data.Formats;

/// <summary>Which format a dataset is in, with the format's own options. Immutable; two are equal if they read the same.</summary>
public sealed class DataFormat : IEquatable<DataFormat>
{
    private DataFormat(string name, IReadOnlyDictionary<string, string>? options = null) => (Name, Options) = (name, options ?? new Dictionary<string, string>());

    /// <summary>Recognised by the files at the URI.</summary>
    public static DataFormat Auto { get; } = new("auto");

    /// <summary>Our packed blocks, as <c>data put</c> writes them.</summary>
    public static DataFormat Packed { get; } = new("packed");

    /// <summary>IDX files, plain or gzip, named like <c>train-images-idx3-ubyte.gz</c>.</summary>
    public static DataFormat Idx { get; } = new("idx");

    /// <summary>A format by its name and options.</summary>
    internal static DataFormat Named(string name, IReadOnlyDictionary<string, string> options) => new(name, options);

    /// <summary>The format's name.</summary>
    public string Name { get; }

    /// <summary>The format's options.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <inheritdoc/>
    public bool Equals(DataFormat? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DataFormat);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Options.Count == 0
        ? Name
        : $"{Name}({string.Join(", ", Options.OrderBy(option => option.Key, StringComparer.Ordinal).Select(option => $"{option.Key}={option.Value}"))})";
}

using System.Globalization;
using OrleansTrain.Data.Images;

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

    /// <summary>
    /// One image an object (PNG, JPEG): columns <c>image</c> uint8 [channels, height, width] and <c>label</c> int64.
    /// </summary>
    /// <param name="label">
    /// Where the label is in the name below the URI: <c>folder</c> (as ImageFolder), a template such as <c>{split}/{label}_{*}.png</c>, or a
    /// regular expression with a group <c>label</c>.
    /// </param>
    /// <param name="channels">1: grey, 3: colour, 0: as the images are, all alike then.</param>
    /// <param name="width">Resized to this width; 0: as they are, all alike then.</param>
    /// <param name="height">Resized to this height; given with <paramref name="width"/>.</param>
    /// <param name="mostPixels">Larger images are refused before memory is taken for them.</param>
    public static DataFormat Images(string label = "folder", int channels = 0, int width = 0, int height = 0, long mostPixels = 100_000_000) =>
        new("images", ImageOptions(channels, width, height, mostPixels).Append(new("label", label)).ToDictionary());

    /// <summary>
    /// CSV: columns of whole numbers are int64, of other numbers float32, all others text, which a <c>Map</c> turns into numbers.
    /// </summary>
    /// <param name="header">Whether the first line names the columns; otherwise they are c0, c1, ….</param>
    /// <param name="delimiter">Between fields; one character, a comma unless named.</param>
    /// <param name="types">Types that differ from what the first records suggest: <c>age=float32, code=text</c>.</param>
    public static DataFormat Csv(bool header = true, string? delimiter = null, string? types = null) => Named("csv", new (string, string?)[]
    {
        ("header", header ? null : "none"), ("delimiter", delimiter), ("types", types),
    });

    /// <summary>One JSON object a line: numbers, nested arrays of numbers, strings.</summary>
    /// <param name="types">Types that differ from what the first records suggest: <c>pixels=uint8</c>.</param>
    public static DataFormat JsonLines(string? types = null) => Named("jsonl", [("types", types)]);

    /// <summary>Parquet: a row group is a block, so keep row groups small (16 MB). Lists must have one length; binary PNG and JPEG become images.</summary>
    /// <param name="columns">The columns to read; all unless named.</param>
    public static DataFormat Parquet(params string[] columns) => Named("parquet", [("columns", columns.Length > 0 ? string.Join(',', columns) : null)]);

    /// <summary>Tar shards in the WebDataset layout: <c>name.jpg</c> and <c>name.cls</c> are columns <c>image</c> and <c>label</c>, other files text.</summary>
    public static DataFormat WebDataset(int channels = 0, int width = 0, int height = 0, long mostPixels = 100_000_000) =>
        new("webdataset", ImageOptions(channels, width, height, mostPixels).ToDictionary());

    /// <summary>Names of the formats, as a spec gives them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["auto", "packed", "idx", "images", "csv", "jsonl", "parquet", "webdataset"];

    /// <summary>Names of all formats' options, as a spec gives them.</summary>
    public static IReadOnlyList<string> OptionNames { get; } =
        ["label", "channels", "width", "height", "most_pixels", "header", "delimiter", "types", "columns", "splits"];

    /// <summary>This format with what a spec says of it: another name, or further options. Options of this one stay, unless it is replaced by another.</summary>
    /// <param name="name">Null or <c>auto</c>: this format.</param>
    /// <param name="options">By the names of <see cref="OptionNames"/>.</param>
    public DataFormat Configured(string? name, IReadOnlyDictionary<string, string> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var other = name is null or "auto" ? Name : name;
        var own = other == Name || Name == Auto.Name ? Options : new Dictionary<string, string>();
        return new DataFormat(other, own.Concat(options).GroupBy(option => option.Key).ToDictionary(option => option.Key, option => option.Last().Value, StringComparer.Ordinal));
    }

    /// <summary>Divides the records into splits by the hash of their names: <c>("train", 0.9), ("validation", 0.1)</c>. Not for packed blocks and IDX.</summary>
    public DataFormat WithSplits(params (string Name, double Share)[] shares) => With(
        "splits", string.Join(',', shares.Select(share => $"{share.Name}={share.Share.ToString(CultureInfo.InvariantCulture)}")));

    /// <summary>An option, or null when it is not set.</summary>
    internal string? Option(string name) => Options.GetValueOrDefault(name);

    /// <summary>A whole number, or what to take when it is not set.</summary>
    /// <exception cref="DatasetException">It is no whole number.</exception>
    internal long Number(string name, long otherwise) => Option(name) is not { } text
        ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new DatasetException($"Option '{name}' of format '{Name}' is '{text}': expected a whole number.");

    /// <summary>The options that say how images are decoded.</summary>
    internal ImageShape ImageShape() => new(
        (int)Number("channels", 0), (int)Number("width", 0), (int)Number("height", 0), Number("most_pixels", 100_000_000));

    /// <summary>A format by its name and options.</summary>
    internal static DataFormat Named(string name, IReadOnlyDictionary<string, string> options) => new(name, options);

    /// <summary>The format's name.</summary>
    public string Name { get; }

    /// <summary>The format's options.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    private static DataFormat Named(string name, (string Name, string? Value)[] options) =>
        new(name, options.Where(option => option.Value is not null).ToDictionary(option => option.Name, option => option.Value!));

    private static IEnumerable<KeyValuePair<string, string>> ImageOptions(int channels, int width, int height, long mostPixels)
    {
        if (channels is not (0 or 1 or 3) || width < 0 || height < 0 || (width == 0) != (height == 0) || mostPixels < 1)
        {
            throw new ArgumentException($"{channels} channels, {width}x{height} of at most {mostPixels} pixels are no images: channels are 0, 1 or 3, width and height go together.");
        }

        static KeyValuePair<string, string> Pair(string name, long value) => new(name, value.ToString(CultureInfo.InvariantCulture));
        return [Pair("channels", channels), Pair("width", width), Pair("height", height), Pair("most_pixels", mostPixels)];
    }

    private DataFormat With(string name, string value) => new(Name, new Dictionary<string, string>(Options) { [name] = value });

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

using System.Security.Cryptography;
using System.Text;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Statistics;
using static TorchSharp.torch;

namespace OrleansTrain.Data;

/// <summary>
/// How objects of a store become batches. Each method returns a changed copy; the order of the steps is the order of the calls.
/// Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Three stages: the format's reader decodes a block; <see cref="Map"/>, <see cref="Filter"/> and <see cref="MapBlock"/> change it once, when
/// it is loaded, and the result is shared by all ranks and runs of a silo that do the same; <see cref="Scale(string, double, double)"/>,
/// <see cref="Normalise(string, double, double, double)"/> and <see cref="Augment"/> are done each time a batch is gathered, on float32.
/// Columns keep the type they are stored in until then.
/// </remarks>
public sealed class DataPipeline
{
    private DataPipeline()
    {
    }

    /// <summary>The format to read; recognised by the files unless <see cref="From"/> says it.</summary>
    public DataFormat Format { get; private init; } = DataFormat.Auto;

    internal IReadOnlyList<PipelineStep> Steps { get; private init; } = [];

    internal IReadOnlyList<string> InputColumns { get; private init; } = [];

    internal string? TargetColumn { get; private init; }

    internal IReadOnlyList<long>? InputShape { get; private init; }

    internal IReadOnlyDictionary<string, Scaling> Scalings { get; private init; } = new Dictionary<string, Scaling>();

    internal IReadOnlyList<string> Standardised { get; private init; } = [];

    internal IReadOnlyList<SampleTransform> Transforms { get; private init; } = [];

    /// <summary>Whether the number of records of a block is only known once it has been loaded.</summary>
    internal bool ChangesCounts => Steps.Any(step => step is PipelineStep.Filter);

    /// <summary>Columns whose categories must be found before blocks can be loaded.</summary>
    internal IReadOnlyList<string> Encoded => [.. Steps.OfType<PipelineStep.Encode>().Select(step => step.Column)];

    /// <summary>What decides how a loaded block looks: the format and the steps, not what is done to batches. Hexadecimal.</summary>
    internal string LoadDigest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Steps.Select(step => step.Identity).Prepend(Format.ToString())))))[..16];

    /// <summary>A pipeline that recognises the format and does nothing; name <see cref="Inputs"/> and <see cref="Target"/> to train with it.</summary>
    public static DataPipeline Create() => new();

    /// <summary>Reads this format.</summary>
    public DataPipeline From(DataFormat format) => Copy(format: format);

    /// <summary>Changes each record: decode, convert, derive fields. It is called once a record, on any thread.</summary>
    /// <param name="key">Names what is done, with its parameters: <c>resize 32x32</c>.</param>
    public DataPipeline Map(string key, Func<Record, Record> map) => Copy(step: new PipelineStep.Map(key, map));

    /// <summary>Keeps only the records for which <paramref name="keep"/> is true. The dataset is read once to count them.</summary>
    public DataPipeline Filter(string key, Func<Record, bool> keep) => Copy(step: new PipelineStep.Filter(key, keep));

    /// <summary>
    /// Changes all records of a block at once. Tensors by column, first dimension the records, which must stay as many; what is returned is
    /// kept, contiguous, in the types it has. Both are disposed by the caller.
    /// </summary>
    public DataPipeline MapBlock(string key, Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, Tensor>> map) =>
        Copy(step: new PipelineStep.Tensors(key, map));

    /// <summary>
    /// The columns that <see cref="Batch.Inputs"/> is made of, as float32. One column keeps its shape; several are flattened and joined to [n, features].
    /// </summary>
    public DataPipeline Inputs(params string[] columns) => Copy(inputs: columns);

    /// <summary>The column of <see cref="Batch.Targets"/>: int64 for integers, float32 for floating point; [n] and the column's shape.</summary>
    public DataPipeline Target(string column) => Copy(target: column);

    /// <summary>Gives each input sample this shape, for example [1, 28, 28].</summary>
    public DataPipeline Reshape(params long[] shape) => Copy(shape: shape);

    /// <summary>x * multiply + add.</summary>
    public DataPipeline Scale(string column, double multiply, double add) => Scale(column, [multiply], [add]);

    /// <summary>x * multiply + add with one pair for each index of the column's first dimension (channels, features).</summary>
    public DataPipeline Scale(string column, IReadOnlyList<double> multiply, IReadOnlyList<double> add)
    {
        if (multiply.Count == 0 || multiply.Count != add.Count)
        {
            throw new ArgumentException($"Column '{column}' is scaled with {multiply.Count} factors and {add.Count} summands: give as many of both.", nameof(add));
        }

        return Copy(scaling: (column, new Scaling([.. multiply.Select(value => (float)value)], [.. add.Select(value => (float)value)])));
    }

    /// <summary>(x * scale - mean) / deviation; <paramref name="scale"/> is 1/255 for images of bytes.</summary>
    public DataPipeline Normalise(string column, double mean, double deviation, double scale = 1) => Scale(column, scale / deviation, -mean / deviation);

    /// <summary>(x * scale - mean) / deviation with one pair for each index of the column's first dimension.</summary>
    public DataPipeline Normalise(string column, IReadOnlyList<double> mean, IReadOnlyList<double> deviation, double scale = 1) =>
        Scale(column, [.. deviation.Select(value => scale / value)], [.. mean.Zip(deviation, (m, d) => -m / d)]);

    /// <summary>
    /// (x - mean) / deviation with the mean and deviation of the split <c>train</c>, for each index of a column's first dimension (channels,
    /// features). They are computed once a run, when the data is opened, which reads the whole split; missing values (NaN) do not count.
    /// </summary>
    public DataPipeline Standardise(params string[] columns) => Copy(standardised: columns);

    /// <summary>
    /// Text, or whole numbers that stand for something, become numbers. The categories are those of the split <c>train</c>, found once a run when the
    /// data is opened, which reads the whole split.
    /// </summary>
    public DataPipeline Encode(string column, CategoryEncoding encoding = CategoryEncoding.OneHot) => Copy(step: new PipelineStep.Encode(column, encoding));

    /// <summary>
    /// Changes each input sample at random each time it is drawn. What is drawn depends on (seed, epoch, sample) alone. Not done in evaluation.
    /// </summary>
    public DataPipeline Augment(SampleTransform transform) => Copy(transform: transform);

    /// <summary>The pipeline with the categories that were found, one vocabulary for each of <see cref="Encoded"/>.</summary>
    internal DataPipeline WithCategories(IReadOnlyList<Vocabulary> vocabularies)
    {
        var next = 0;
        return new DataPipeline
        {
            Format = Format,
            Steps = [.. Steps.Select(step => step is PipelineStep.Encode encode ? CategorySteps.Resolve(encode, vocabularies[next++]) : step)],
            InputColumns = InputColumns,
            TargetColumn = TargetColumn,
            InputShape = InputShape,
            Scalings = Scalings,
            Standardised = Standardised,
            Transforms = Transforms,
        };
    }

    private DataPipeline Copy(
        DataFormat? format = null, PipelineStep? step = null, string[]? inputs = null, string? target = null, long[]? shape = null,
        (string Column, Scaling Scaling)? scaling = null, SampleTransform? transform = null, string[]? standardised = null) => new()
        {
            Format = format ?? Format,
            Steps = step is null ? Steps : [.. Steps, step],
            InputColumns = inputs ?? InputColumns,
            TargetColumn = target ?? TargetColumn,
            InputShape = shape ?? InputShape,
            Scalings = scaling is { } added
                ? new Dictionary<string, Scaling>(Scalings, StringComparer.Ordinal) { [added.Column] = added.Scaling }
                : Scalings,
            Standardised = standardised is null ? Standardised : [.. Standardised.Union(standardised)],
            Transforms = transform is null ? Transforms : [.. Transforms, transform],
        };
}

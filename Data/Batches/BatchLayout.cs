using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Batches;

/// <summary>Where each number of a batch comes from: a pipeline's inputs and target resolved against the columns of the data. Immutable.</summary>
internal sealed class BatchLayout
{
    private BatchLayout(InputColumn[] inputs, Column target, int targetOffset, long[] inputShape) =>
        (Inputs, Target, TargetOffset, InputShape) = (inputs, target, targetOffset, inputShape);

    public InputColumn[] Inputs { get; }

    public Column Target { get; }

    public int TargetOffset { get; }

    /// <summary>Shape of one input sample.</summary>
    public long[] InputShape { get; }

    /// <summary>float32 values of one input sample.</summary>
    public int InputLength => Inputs.Sum(input => input.Length);

    /// <exception cref="DatasetException">A column is not there, is named by nobody, or its size does not fit the shape or the scaling.</exception>
    public static BatchLayout Create(DataPipeline pipeline, RecordSchema schema)
    {
        if (pipeline.InputColumns.Count == 0 || pipeline.TargetColumn is null)
        {
            throw new DatasetException($"The task's pipeline names no inputs or no target: name them out of {schema}.");
        }

        foreach (var name in pipeline.Scalings.Keys.Where(name => !pipeline.InputColumns.Contains(name)))
        {
            throw new DatasetException($"The task's pipeline scales column '{name}', which is no input; inputs are {string.Join(", ", pipeline.InputColumns)}.");
        }

        var inputs = pipeline.InputColumns.Select(name => Input(pipeline, schema, name)).ToArray();
        var (target, offset) = schema.Find(pipeline.TargetColumn);
        return new BatchLayout(inputs, target, offset, Shape(pipeline, schema, inputs));
    }

    private static InputColumn Input(DataPipeline pipeline, RecordSchema schema, string name)
    {
        var (column, offset) = schema.Find(name);
        var scaling = pipeline.Scalings.GetValueOrDefault(name, Scaling.None);
        var pairs = scaling.Multiply.Count;
        if (pairs > 1 && (column.Shape.Count == 0 || column.Shape[0] != pairs))
        {
            throw new DatasetException($"Column {column} is scaled with {pairs} pairs: expected one, or one for each index of its first dimension.");
        }

        return new InputColumn(column.Type, offset, column.Length, column.Length / pairs, [.. scaling.Multiply], [.. scaling.Add]);
    }

    private static long[] Shape(DataPipeline pipeline, RecordSchema schema, InputColumn[] inputs)
    {
        var length = inputs.Sum(input => (long)input.Length);
        if (pipeline.InputShape is { } shape)
        {
            return shape.Aggregate(1L, (product, size) => product * size) == length
                ? [.. shape]
                : throw new DatasetException($"The task's pipeline gives inputs the shape [{string.Join(',', shape)}], but the data has {length} values a sample.");
        }

        return inputs.Length == 1 ? [.. schema.Find(pipeline.InputColumns[0]).Column.Shape.Select(size => (long)size)] : [length];
    }
}

/// <summary>One input column: its place in a record, and a factor and summand for each run of <paramref name="PerPair"/> values.</summary>
internal sealed record InputColumn(ElementType Type, int Offset, int Length, int PerPair, float[] Multiply, float[] Add);

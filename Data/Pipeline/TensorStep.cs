using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Schema;
using static TorchSharp.torch;

namespace OrleansTrain.Data.Pipeline;

/// <summary>Shows a block to a step as tensors and packs what it returns.</summary>
internal static class TensorStep
{
    /// <summary>Gives the block's reference back and returns that of the result.</summary>
    /// <exception cref="DatasetException">The step failed, or returned another number of records or a type that no column has.</exception>
    public static DataBlock Apply(DataBlock block, PipelineStep.Tensors step)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            var results = step.Apply(Tensors(block));
            var columns = results.Select(result => Describe(result.Key, result.Value, block.Count)).ToList();
            var packed = DataBlock.Allocate(new RecordSchema(columns), block.Count, block.Origin, block.Skipped);
            foreach (var column in columns)
            {
                using var plain = results[column.Name].cpu().contiguous();
                Columns.Scatter(plain.bytes, packed, column.Name);
            }

            return packed;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new DatasetException($"{block.Origin}: step '{step.Key}' failed: {error.Message}", error);
        }
        finally
        {
            block.Release();
        }
    }

    private static Dictionary<string, Tensor> Tensors(DataBlock block)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var column in block.Schema.Columns)
        {
            var tensor = empty([block.Count, .. column.Shape.Select(size => (long)size)], ScalarTypeOf(column.Type));
            Columns.Gather(block, column.Name, tensor.bytes);
            tensors.Add(column.Name, tensor);
        }

        return tensors;
    }

    private static Column Describe(string name, Tensor tensor, int count)
    {
        if (tensor.dim() == 0 || tensor.shape[0] != count)
        {
            throw new DatasetException($"column '{name}' has shape [{string.Join(',', tensor.shape)}] after it: expected {count} records first.");
        }

        return new Column(name, ElementTypeOf(name, tensor.dtype), [.. tensor.shape[1..].Select(size => checked((int)size))]);
    }

    private static ScalarType ScalarTypeOf(ElementType type) => type switch
    {
        ElementType.UInt8 => ScalarType.Byte,
        ElementType.Int8 => ScalarType.Int8,
        ElementType.Int16 => ScalarType.Int16,
        ElementType.Int32 => ScalarType.Int32,
        ElementType.Int64 => ScalarType.Int64,
        ElementType.Float32 => ScalarType.Float32,
        _ => ScalarType.Float64,
    };

    private static ElementType ElementTypeOf(string name, ScalarType type) => type switch
    {
        ScalarType.Byte => ElementType.UInt8,
        ScalarType.Int8 => ElementType.Int8,
        ScalarType.Int16 => ElementType.Int16,
        ScalarType.Int32 => ElementType.Int32,
        ScalarType.Int64 => ElementType.Int64,
        ScalarType.Float32 => ElementType.Float32,
        ScalarType.Float64 => ElementType.Float64,
        _ => throw new DatasetException($"column '{name}' is {type} after it: convert it to float32 or another stored type."),
    };
}

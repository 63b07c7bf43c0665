using System.Reflection;
using OrleansTrain.Data.Reading;
using static TorchSharp.torch;

namespace OrleansTrain.Data.Pipeline;

/// <summary>One thing done to records once, when their block is loaded. Immutable.</summary>
/// <param name="Key">Names what is done, parameters included: blocks are shared between runs whose steps have the same keys and code.</param>
internal abstract record PipelineStep(string Key)
{
    /// <summary>Changes a record.</summary>
    public sealed record Map(string Key, Func<Record, Record> Apply) : PipelineStep(Key);

    /// <summary>Drops the records for which it says false.</summary>
    public sealed record Filter(string Key, Func<Record, bool> Keep) : PipelineStep(Key);

    /// <summary>Changes all records of a block at once, as tensors by column.</summary>
    public sealed record Tensors(string Key, Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, Tensor>> Apply) : PipelineStep(Key);

    /// <summary>Numbers the categories of a column, which are yet to be found in the data; gives way to a <see cref="Map"/> then.</summary>
    public sealed record Encode(string Column, CategoryEncoding Encoding) : PipelineStep($"encode {Column} {Encoding}");

    /// <summary>What the step does, for the digest of a pipeline: its kind, key and code.</summary>
    public string Identity
    {
        get
        {
            if (this is Encode)
            {
                return Key;
            }

            var method = this switch
            {
                Map map => map.Apply.Method,
                Filter filter => filter.Keep.Method,
                Tensors tensors => tensors.Apply.Method,
                _ => throw new InvalidOperationException($"Unknown step {GetType().Name}."),
            };
            return $"{GetType().Name} {Key} {Code(method)}";
        }
    }

    private static string Code(MethodInfo method) => $"{method.Module.ModuleVersionId:N}:{method.MetadataToken:x}";
}

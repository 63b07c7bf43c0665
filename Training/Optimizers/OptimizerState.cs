using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary>The named state arrays of a flat optimizer, zeroed at first.</summary>
internal sealed unsafe class OptimizerState(long length, IReadOnlyList<string> names) : IDisposable
{
    private readonly NativeFloats[] _arrays = [.. names.Select(_ => new NativeFloats(length))];

    public long Length { get; } = length;

    public IReadOnlyList<string> Names { get; } = names;

    public float* this[int index] => _arrays[index].Pointer;

    public float* this[string name]
    {
        get
        {
            for (var i = 0; i < Names.Count; i++)
            {
                if (Names[i] == name)
                {
                    return this[i];
                }
            }

            throw new KeyNotFoundException($"The optimizer has no state '{name}', only: {string.Join(", ", Names)}.");
        }
    }

    public void Dispose()
    {
        foreach (var array in _arrays)
        {
            array.Dispose();
        }
    }
}

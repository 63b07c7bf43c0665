using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary>The named state arrays of a flat optimizer, zeroed at first; in memory of its own unless told otherwise (<see cref="Move"/>).</summary>
internal sealed unsafe class OptimizerState(long length, IReadOnlyList<string> names) : IDisposable
{
    private readonly NativeFloats[] _arrays = [.. names.Select(_ => new NativeFloats(length))];
    private float* _elsewhere;

    public long Length { get; } = length;

    public IReadOnlyList<string> Names { get; } = names;

    public float* this[int index] => _elsewhere != null ? _elsewhere + (index * Length) : _arrays[index].Pointer;

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

    /// <summary>As <see cref="IFlatOptimizer.MoveState"/>.</summary>
    public void Move(float* memory, long offset, long count)
    {
        for (var i = 0; i < _arrays.Length; i++)
        {
            new ReadOnlySpan<float>(this[i] + offset, checked((int)count)).CopyTo(new Span<float>(memory + (i * Length) + offset, (int)count));
        }

        Dispose();
        _elsewhere = memory;
    }

    public void Dispose()
    {
        _elsewhere = null;
        foreach (var array in _arrays)
        {
            array.Dispose();
        }
    }
}

namespace OrleansTrain.Training.Optimizers;

/// <summary>
/// An optimizer over one flat range of float32 parameters. A step is <see cref="BeginStep"/> once, then <see cref="Update"/> for every element
/// once, in any order and from any threads: elements do not depend on each other.
/// </summary>
internal unsafe interface IFlatOptimizer : IDisposable
{
    /// <summary>Elements in the range.</summary>
    long Length { get; }

    /// <summary>Names of the state arrays, torch's; each has <see cref="Length"/> elements.</summary>
    IReadOnlyList<string> StateNames { get; }

    /// <summary>Steps taken; set when a checkpoint is restored.</summary>
    long Steps { get; set; }

    /// <summary>First element of a state array.</summary>
    /// <exception cref="KeyNotFoundException">There is no array of that name.</exception>
    float* State(string name);

    /// <summary>
    /// Keeps the state in other memory from now on, the arrays of <see cref="StateNames"/> one after another: <paramref name="count"/> elements of each
    /// from <paramref name="offset"/> on go there, and the others are what they are there.
    /// </summary>
    /// <param name="memory"><see cref="Length"/> elements for each array, 64-byte aligned; stays valid as long as this is used, and its owner frees it.</param>
    void MoveState(float* memory, long offset, long count);

    /// <summary>Starts a step. Not concurrent with <see cref="Update"/>.</summary>
    void BeginStep(double learningRate);

    /// <summary>Updates <paramref name="count"/> elements from <paramref name="offset"/> in the range.</summary>
    /// <param name="parameters">Element <paramref name="offset"/> of the parameters; changed.</param>
    /// <param name="gradient">Element <paramref name="offset"/> of the mean gradient; left as it is.</param>
    void Update(float* parameters, float* gradient, long offset, long count);
}

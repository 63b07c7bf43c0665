namespace OrleansTrain.Training.Checkpoints;

/// <summary>Takes elements of an optimizer state array.</summary>
/// <param name="state">Name of the array.</param>
/// <param name="offset">First element, counted from the start of the range that was asked for.</param>
/// <param name="values">The elements.</param>
public delegate void OptimizerStateSink(string state, long offset, ReadOnlySpan<float> values);

namespace OrleansTrain.Training;

/// <summary>One parameter's place in the flat buffer. <paramref name="Offset"/> and <paramref name="Length"/> are in elements (float32).</summary>
public sealed record ParameterSlot(string Name, long[] Shape, long Offset, long Length);

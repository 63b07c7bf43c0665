namespace OrleansTrain.Training.SafeTensors;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dtype">Element type by the format's name: <c>F32</c>, <c>I64</c> …</param>
/// <param name="Shape">Dimensions; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">The byte after the last.</param>
public sealed record SafeTensorsEntry(string Name, string Dtype, IReadOnlyList<long> Shape, long Begin, long End);

namespace OrleansTrain.Training.Numerics;

/// <summary>What is done to each element of a range, written once for every vector width.</summary>
internal interface IElementKernel
{
    /// <summary>Handles <c>TLanes.Count</c> elements from <paramref name="index"/> of the range.</summary>
    void Apply<TLanes>(nint index)
        where TLanes : struct, ILanes<TLanes>;
}

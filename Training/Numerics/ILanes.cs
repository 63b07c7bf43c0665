namespace OrleansTrain.Training.Numerics;

/// <summary>
/// A group of float32 lanes that an element-wise kernel is written against once: vectors of 512, 256 or 128 bits for the bulk,
/// a single lane for the rest of a range. Every operation is correctly rounded in each lane (multiply-add is fused at every width,
/// in hardware or not), so a result never depends on the width, nor on where in a range an element lies.
/// </summary>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>Reads lanes; <paramref name="source"/> need not be aligned.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf Splat(float value);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary><c>a * b + c</c> with one rounding.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Sqrt(TSelf value);

    static abstract TSelf Abs(TSelf value);

    /// <summary>The larger one; NaN when either is NaN, as <c>torch.maximum</c>.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The smaller one; NaN when either is NaN.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>By the sign of <paramref name="value"/>; NaN counts as zero.</summary>
    static abstract TSelf BySign(TSelf value, TSelf positive, TSelf zero, TSelf negative);

    /// <summary>Writes lanes.</summary>
    void Store(float* destination);
}

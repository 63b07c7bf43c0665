namespace OrleansTrain.Data.Pipeline;

/// <summary>What a category becomes.</summary>
public enum CategoryEncoding
{
    /// <summary>float32 [categories]: 1 at its category, 0 elsewhere; all 0 for what is missing or was not in the split <c>train</c>.</summary>
    OneHot,

    /// <summary>int64: its number from 0, in ordinal order of the categories. What is missing or was not in the split <c>train</c> is an error.</summary>
    Number,
}

namespace OrleansTrain.Data.Order;

/// <summary>One record of the dataset: which block, and which record of it.</summary>
internal readonly record struct SampleRef(int Block, int Record);

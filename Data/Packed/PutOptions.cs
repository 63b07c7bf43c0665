namespace OrleansTrain.Data.Packed;

/// <summary>How a dataset is uploaded.</summary>
public sealed class PutOptions
{
    /// <summary>Bytes of records in a block, about: small enough that the first batch comes soon, large enough that one request pays.</summary>
    public int BlockBytes { get; init; } = 4 << 20;

    /// <summary>Blocks on their way to the store at once.</summary>
    public int ParallelUploads { get; init; } = 4;

    /// <summary>Checked data of up to so many bytes is kept for the upload rather than read twice.</summary>
    public long KeepBytes { get; init; } = 256 << 20;
}

/// <summary>How far an upload has come. <paramref name="Records"/> of <paramref name="TotalRecords"/> are in the store.</summary>
public readonly record struct PutProgress(string Split, long Records, long TotalRecords, long Bytes);

namespace OrleansTrain.Grains.Abstractions.Data;

/// <summary>
/// One split of a dataset as one run sees it: listed once, versions pinned, so that a run never mixes two states of its data.
/// Key: <c>{run}|{URI}|{split}</c>.
/// </summary>
[Alias("OrleansTrain.IDatasetGrain")]
public interface IDatasetGrain : IGrainWithStringKey
{
    /// <summary>Lists the split, the first time; later calls get the same answer.</summary>
    /// <exception cref="InvalidOperationException">A dataset or store error; its message says which object and why.</exception>
    [Alias("Open"), ResponseTimeout("1.00:00:00")]
    Task<DatasetDescription> Open(DatasetRequest request);

    /// <summary>Where a block's bytes are.</summary>
    /// <param name="digest">The digest that <see cref="Open"/> gave: should the grain have been lost and the data have changed since, this fails.</param>
    [Alias("GetBlock"), ResponseTimeout("1.00:00:00")]
    Task<BlockAddress> GetBlock(DatasetRequest request, string digest, int block);

    /// <summary>
    /// Mean, deviation and range of columns over the whole split: computed block by block in parallel the first time, then kept with the run.
    /// </summary>
    [Alias("Fit"), ResponseTimeout("1.00:00:00")]
    Task<FittedColumn[]> Fit(FitRequest request);

    /// <summary>
    /// The categories, over the whole split, of the columns that the pipeline encodes: found block by block in parallel the first time, then kept with the run.
    /// </summary>
    [Alias("FindCategories"), ResponseTimeout("1.00:00:00")]
    Task<FittedCategories[]> FindCategories(FitRequest request);
}

namespace OrleansTrain.Data.Reading;

/// <summary>Reads datasets of one format. Thread-safe and without state.</summary>
internal interface IDatasetReader
{
    /// <summary>Name of the format, as in <see cref="Formats.DataFormat.Name"/>.</summary>
    string Format { get; }

    /// <summary>Names of the splits, in ordinal order.</summary>
    Task<IReadOnlyList<string>> Splits(DatasetLocation location, CancellationToken cancellationToken);

    /// <summary>Lists a split once and cuts it into blocks; reads no more than it must.</summary>
    /// <exception cref="DatasetException">There is no such split, or it is not of this format.</exception>
    /// <exception cref="Storage.ObjectStoreException">The store failed.</exception>
    Task<DatasetCatalog> Open(DatasetLocation location, string split, CancellationToken cancellationToken);

    /// <summary>Fetches and decodes one block.</summary>
    /// <exception cref="DatasetException">It is corrupt: the object, and where there is one the record, are named.</exception>
    /// <exception cref="Storage.ObjectStoreException">The store failed, or an object has changed since it was listed.</exception>
    Task<BlockContent> Read(DatasetLocation location, CatalogBlock block, ReadSettings settings, CancellationToken cancellationToken);
}

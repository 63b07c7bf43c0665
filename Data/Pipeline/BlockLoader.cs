using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Statistics;

namespace OrleansTrain.Data.Pipeline;

/// <summary>Reads blocks of one dataset and does to them what a pipeline says is done once. Thread-safe.</summary>
internal sealed class BlockLoader
{
    private readonly IDatasetReader _reader;
    private readonly DataPipeline _pipeline;
    private readonly ReadSettings _settings;

    private BlockLoader(DatasetLocation location, IDatasetReader reader, DataPipeline pipeline, ReadSettings settings) =>
        (Location, _reader, _pipeline, _settings) = (location, reader, pipeline, settings);

    public DatasetLocation Location { get; }

    /// <summary>The format that is read.</summary>
    public string Format => _reader.Format;

    /// <exception cref="DatasetException">The format is not recognised.</exception>
    public static async Task<BlockLoader> Create(DatasetLocation location, DataPipeline pipeline, ReadSettings settings, CancellationToken cancellationToken) =>
        new(location, await DatasetReaders.Find(location, pipeline.Format, cancellationToken), pipeline, settings);

    /// <inheritdoc cref="IDatasetReader.Splits"/>
    public Task<IReadOnlyList<string>> Splits(CancellationToken cancellationToken) => _reader.Splits(Location, cancellationToken);

    /// <inheritdoc cref="IDatasetReader.Open"/>
    public Task<DatasetCatalog> Open(string split, CancellationToken cancellationToken) => _reader.Open(Location, split, cancellationToken);

    /// <summary>Fetches, decodes and preprocesses a block. The caller holds its reference.</summary>
    /// <exception cref="DatasetException">It is corrupt, or a step failed: object and record are named.</exception>
    public async Task<DataBlock> Load(CatalogBlock block, CancellationToken cancellationToken)
    {
        var content = await _reader.Read(Location, block, _settings, cancellationToken);
        return BlockSteps.Apply(content, _pipeline, _settings);
    }

    /// <summary>The categories that a block has in the columns that the pipeline encodes.</summary>
    /// <exception cref="DatasetException">It is corrupt, or a step failed: object and record are named.</exception>
    public async Task<IReadOnlyList<Vocabulary>> Categories(CatalogBlock block, CancellationToken cancellationToken)
    {
        var content = await _reader.Read(Location, block, _settings, cancellationToken);
        return CategorySteps.Categories(content, _pipeline, _settings);
    }
}

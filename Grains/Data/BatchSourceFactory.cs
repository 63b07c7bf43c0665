using System.Text.Json;
using OrleansTrain.Data;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Schema;
using OrleansTrain.Data.Sources;
using OrleansTrain.Data.Statistics;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Grains.Data.Dedicated;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Data;

/// <summary>Opens a rank's batches on the silo that it runs on. Thread-safe.</summary>
public sealed class BatchSourceFactory
{
    private readonly IGrainFactory _grains;
    private readonly ILocalSiloDetails _silo;
    private readonly PipelineRegistry _pipelines;
    private readonly RemoteBlocks _remote;
    private readonly BlockCache _cache;

    internal BatchSourceFactory(IGrainFactory grains, ILocalSiloDetails silo, PipelineRegistry pipelines, RemoteBlocks remote, BlockCache cache) =>
        (_grains, _silo, _pipelines, _remote, _cache) = (grains, silo, pipelines, remote, cache);

    /// <summary>Lists the dataset, if no rank of the run has done so yet, and checks the pipeline against its columns; no data is read unless it must be counted.</summary>
    /// <param name="dedicated">How silos without ranks make the pipeline, if they are to preprocess; null: this silo does.</param>
    /// <exception cref="DatasetException">There is no such dataset or split, or the pipeline does not fit it.</exception>
    /// <exception cref="Storage.ObjectStoreException">The store failed.</exception>
    public async Task<OpenedDataset> Open(
        string datasetUri, string split, DataPipeline pipeline, BatchSourceOptions options, PipelineRecipe? dedicated = null, CancellationToken cancellationToken = default)
    {
        var request = new DatasetRequest { Uri = datasetUri.TrimEnd('/'), Split = split, Format = pipeline.Format.Name, FormatOptions = pipeline.Format.Options };
        var description = await Ask(request, options, dataset => dataset.Open(request), cancellationToken);
        var train = request with { Split = "train" };
        var vocabularies = await FindCategories(pipeline, train, options, dedicated, cancellationToken);
        pipeline = pipeline.WithCategories(vocabularies);
        dedicated = dedicated is null ? null : dedicated with { Categories = [.. vocabularies.Select(Fitting.Pack)] };
        var (schema, records, supply) = await Survey(request, description, pipeline, options, dedicated, cancellationToken);
        var fitted = await Fit(pipeline, train, split == train.Split ? records : null, options, dedicated, cancellationToken);
        return new OpenedDataset(
            new OrderedBatchSource(Fitting.Apply(pipeline, fitted), schema, records, supply, options, slowToRead: description.Format == "images"),
            description, schema, pipeline, new FittedPreprocessing(fitted, vocabularies));
    }

    private Task<T> Ask<T>(DatasetRequest request, BatchSourceOptions options, Func<IDatasetGrain, Task<T>> question, CancellationToken cancellationToken) =>
        SiloLoss.Outlast(() => question(_grains.GetGrain<IDatasetGrain>(Key(request, options))), cancellationToken);

    private static string Key(DatasetRequest request, BatchSourceOptions options) => $"{options.RunId}|{request.Uri}|{request.Split}";

    private FitRequest FitRequest(DataPipeline pipeline, DatasetRequest train, BatchSourceOptions options, PipelineRecipe? dedicated) => new()
    {
        Dataset = train,
        Pipeline = _pipelines.Register(pipeline),
        Columns = [.. pipeline.Standardised],
        Silo = _silo.SiloAddress,
        SkipBad = options.OnError == BadRecords.Skip,
        MostBad = options.MostSkipped,
        Dedicated = dedicated,
    };

    /// <summary>Categories always come from the split that is trained on, all of it.</summary>
    private async Task<IReadOnlyList<Vocabulary>> FindCategories(
        DataPipeline pipeline, DatasetRequest train, BatchSourceOptions options, PipelineRecipe? dedicated, CancellationToken cancellationToken)
    {
        if (pipeline.Encoded.Count == 0)
        {
            return [];
        }

        var request = FitRequest(pipeline, train, options, dedicated) with { Columns = [.. pipeline.Encoded] };
        var found = await Ask(train, options, dataset => dataset.FindCategories(request), cancellationToken);
        return [.. found.Select(Fitting.Unpack)];
    }

    /// <summary>Statistics always come from what is trained on, also for what is validated and tested.</summary>
    private async Task<IReadOnlyList<ColumnSummary>> Fit(
        DataPipeline pipeline, DatasetRequest train, IReadOnlyList<int>? records, BatchSourceOptions options, PipelineRecipe? dedicated,
        CancellationToken cancellationToken)
    {
        if (pipeline.Standardised.Count == 0)
        {
            return [];
        }

        if (records is null)
        {
            var description = await Ask(train, options, dataset => dataset.Open(train), cancellationToken);
            (_, records, _) = await Survey(train, description, pipeline, options, dedicated, cancellationToken);
        }

        var request = FitRequest(pipeline, train, options, dedicated) with { Records = [.. records], HeldOut = options.HeldOut };
        var fitted = await Ask(train, options, dataset => dataset.Fit(request), cancellationToken);
        return [.. fitted.Select(Fitting.Unpack)];
    }

    private async Task<(RecordSchema Schema, IReadOnlyList<int> Records, GrainBlockSupply Supply)> Survey(
        DatasetRequest request, DatasetDescription description, DataPipeline pipeline, BatchSourceOptions options, PipelineRecipe? dedicated,
        CancellationToken cancellationToken)
    {
        var supply = new GrainBlockSupply(_grains, _silo.SiloAddress, _remote, new BlockRequest
        {
            Dataset = request with { Format = description.Format },
            DatasetKey = Key(request, options),
            Digest = description.Digest,
            Block = -1,
            Records = -1,
            Pipeline = _pipelines.Register(pipeline),
            SkipBad = options.OnError == BadRecords.Skip,
            MostBad = options.MostSkipped,
            Dedicated = dedicated is not null,
            Recipe = dedicated,
        }, _cache);
        var (schema, records) = await Survey(description, pipeline, supply, cancellationToken);
        supply.Records = records;
        return (schema, records, supply);
    }

    private static async Task<(RecordSchema Schema, IReadOnlyList<int> Records)> Survey(
        DatasetDescription description, DataPipeline pipeline, GrainBlockSupply supply, CancellationToken cancellationToken)
    {
        var records = (int[])description.Records.Clone();
        RecordSchema? schema = description.Schema is { } json && pipeline.Steps.Count == 0
            ? new RecordSchema(JsonSerializer.Deserialize(json, PackedJson.Default.ColumnArray)!)
            : null;
        var unknown = Enumerable.Range(0, records.Length).Where(block => pipeline.ChangesCounts || records[block] < 0).ToList();
        await Parallel.ForEachAsync(unknown, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (block, token) =>
        {
            using var lease = await supply.Acquire(block, token);
            records[block] = lease.Block.Count;
        });
        for (var block = 0; schema is null && block < records.Length; block++)
        {
            using var lease = await supply.Acquire(block, cancellationToken);
            schema = lease.Block.Count > 0 ? lease.Block.Schema : null;
        }

        return (schema ?? throw new DatasetException($"{description.Name} has no records{(pipeline.ChangesCounts ? " that pass the pipeline's filter" : "")}."), records);
    }
}

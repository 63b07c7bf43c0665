using System.Diagnostics.Metrics;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Ranks;

namespace OrleansTrain.Grains.Data;

/// <summary>What a silo's telemetry says about data: blocks, bytes and seconds of loading, bad records, and what the cache holds.</summary>
internal sealed class DatasetMetrics
{
    private readonly Counter<long> _records;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _seconds;

    public DatasetMetrics(IMeterFactory meters, BlockCache cache)
    {
        var meter = meters.Create(TrainingTelemetry.Name);
        _records = meter.CreateCounter<long>("orleanstrain.data.records", "{record}", "Records loaded and preprocessed.");
        _skipped = meter.CreateCounter<long>("orleanstrain.data.skipped", "{record}", "Bad records whose place others have taken.");
        _bytes = meter.CreateCounter<long>("orleanstrain.data.bytes", "By", "Bytes of loaded blocks, decoded.");
        _seconds = meter.CreateHistogram(
            "orleanstrain.data.load", "s", "Fetching, decoding and preprocessing a block.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100] });
        meter.CreateObservableGauge("orleanstrain.data.cache", () => cache.Bytes, "By", "Bytes of blocks in the cache.");
        meter.CreateObservableCounter("orleanstrain.data.evictions", () => cache.Evictions, "{block}", "Blocks dropped for room.");
    }

    public void Loaded(DataBlock block, TimeSpan time)
    {
        _records.Add(block.Count);
        _skipped.Add(block.Skipped);
        _bytes.Add(block.Bytes);
        _seconds.Record(time.TotalSeconds);
    }
}

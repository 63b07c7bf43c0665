using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansTrain.Ranks;

/// <summary>What training says of itself: traces and metrics, under one name. Costs next to nothing while nobody listens. Thread-safe.</summary>
public static class TrainingTelemetry
{
    /// <summary>Name of the activity source and of all our meters.</summary>
    public const string Name = "OrleansTrain";

    /// <summary>A step takes a millisecond: each one as a span would be more telemetry than training.</summary>
    internal const int TracedSteps = 100;

    /// <summary>From the client's command over the attempts of a run to every hundredth step of a rank.</summary>
    public static ActivitySource Source { get; } = new(Name);

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Step = Seconds("step", "A rank's training step, from asking for a batch to new parameters.");

    private static readonly Histogram<double> DataWait = Seconds("data.wait", "Waiting for a batch, in each step.");

    private static readonly Histogram<double> ExchangeWait = Seconds("exchange.wait", "Exchanging gradients, waiting for other ranks included, in each step.");

    private static readonly Counter<long> Samples = Meter.CreateCounter<long>("orleanstrain.training.samples", "{sample}", "Samples trained on.");

    /// <summary>Counts a step of a rank.</summary>
    internal static void Stepped(in KeyValuePair<string, object?> task, long samples, double seconds, double dataWait, double exchange)
    {
        Step.Record(seconds, task);
        DataWait.Record(dataWait, task);
        ExchangeWait.Record(exchange, task);
        Samples.Add(samples, task);
    }

    private static Histogram<double> Seconds(string name, string description) => Meter.CreateHistogram(
        $"orleanstrain.training.{name}", "s", description, advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
        });
}

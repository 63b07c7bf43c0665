using OrleansTrain.Exchange;

namespace OrleansTrain.ExchangeBench;

/// <summary>What is measured.</summary>
internal sealed record BenchSettings(string Model, ExchangeMode Mode, int Silos, int Ranks, int Steps, string Optimizer)
{
    /// <summary>Steps before measuring starts.</summary>
    public int WarmUp => Math.Max(5, Steps / 4);
}

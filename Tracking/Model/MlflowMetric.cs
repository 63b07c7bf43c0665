namespace OrleansTrain.Tracking;

/// <summary>One measured value.</summary>
/// <remarks>
/// MLflow ignores a row equal in key, value, timestamp and step to one it has: a sender that repeats a row must keep its timestamp.
/// NaN is kept; MLflow's SQL stores turn infinities into ±<see cref="double.MaxValue"/>.
/// </remarks>
/// <param name="Timestamp">Milliseconds since the Unix epoch.</param>
public sealed record MlflowMetric(string Key, double Value, long Timestamp, long Step = 0);

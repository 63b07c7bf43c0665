using System.Diagnostics.CodeAnalysis;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>A request that MLflow's server does not foresee: it answers 500 with an HTML page, and so do we.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Thrown in few places, each with a reason.")]
internal sealed class UnhandledRequestException(string message) : Exception(message);

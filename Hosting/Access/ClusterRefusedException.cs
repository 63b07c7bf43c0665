namespace OrleansTrain.Hosting.Access;

/// <summary>A silo does not let this process in. The message says why and what to do.</summary>
public sealed class ClusterRefusedException(string message) : Exception(message);

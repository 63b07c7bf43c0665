using OrleansTrain.Hosting.Access;

namespace OrleansTrain.Hosting.Clustering;

/// <summary>Which cluster to connect to.</summary>
public sealed record ClusterClientOptions
{
    /// <summary>Redis connection string: <c>host:6379,password=…</c> or <c>redis://:password@host:6379</c>.</summary>
    public required string Redis { get; init; }

    /// <summary>As the silos have it.</summary>
    public string ClusterId { get; init; } = "default";

    /// <summary>As the silos have it.</summary>
    public string ServiceId { get; init; } = "orleanstrain";

    /// <summary>The tracking server, for showing links; may be empty.</summary>
    public string TrackingUri { get; init; } = "";

    /// <summary>As the silos have it.</summary>
    public ClusterAccess Access { get; init; } = ClusterAccess.Open;

    /// <summary>Log to stderr.</summary>
    public bool Verbose { get; init; }
}

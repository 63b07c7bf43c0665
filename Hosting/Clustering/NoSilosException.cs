namespace OrleansTrain.Hosting.Clustering;

/// <summary>Redis answers, but no silo of the cluster takes calls.</summary>
public sealed class NoSilosException(string clusterId, Exception inner)
    : Exception(
        $"No silo of cluster '{clusterId}' can be reached: start one with `orleanstrain silo` (same ORLEANSTRAIN_REDIS and ORLEANSTRAIN_CLUSTER_ID), and check that its advertised address is reachable from here.",
        inner);

namespace OrleansTrain.Client.Sessions;

/// <summary>The values of <see cref="IClusterSession.Mode"/>.</summary>
internal static class SessionModes
{
    public const string Embedded = "embedded";
    public const string Cluster = "cluster";
}

namespace OrleansTrain.Grains;

/// <summary>Names that the host registers grain storage under.</summary>
public static class GrainStorageNames
{
    /// <summary>Where all grain state goes: Redis in a cluster, SQLite when embedded.</summary>
    public const string State = "orleanstrain";
}

namespace OrleansTrain.Harness.Cluster;

/// <summary>Arms the fault points of silos that were started with this folder in ORLEANSTRAIN_FAULTS.</summary>
public sealed class FaultPoints
{
    internal FaultPoints(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>A file here arms the point of its name.</summary>
    public string Folder { get; }

    /// <summary>The first silo that comes to the point does this, once.</summary>
    /// <param name="point">For example <c>exchange.pushed</c>; see docs/chaos.md.</param>
    /// <param name="action"><c>kill</c>, <c>stop</c> or <c>throw</c>.</param>
    public void Arm(string point, string action = "kill") => File.WriteAllText(Path.Combine(Folder, point), action);

    /// <summary>Whether a silo has come there since it was armed.</summary>
    public bool WasReached(string point) => !File.Exists(Path.Combine(Folder, point));

    /// <summary>Nothing is armed any more.</summary>
    public void Disarm()
    {
        foreach (var file in Directory.GetFiles(Folder))
        {
            File.Delete(file);
        }
    }
}

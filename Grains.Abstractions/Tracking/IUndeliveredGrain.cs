using Orleans.Concurrency;

namespace OrleansTrain.Grains.Abstractions.Tracking;

/// <summary>
/// The runs whose outbox could not be emptied. Reminders wake them in a cluster; silos in a process have none that outlive it, so the next
/// process asks here. Key: the address of the MLflow server, because no other knows those runs.
/// </summary>
[Alias("OrleansTrain.IUndeliveredGrain")]
public interface IUndeliveredGrain : IGrainWithStringKey
{
    /// <summary>Measurements of the run wait for the server.</summary>
    [Alias("Add")]
    Task Add(string runId);

    /// <summary>The run has delivered everything.</summary>
    [Alias("Remove")]
    Task Remove(string runId);

    /// <summary>Lets every run that waits try again.</summary>
    [Alias("Wake"), OneWay]
    Task Wake();
}

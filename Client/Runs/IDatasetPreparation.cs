using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Client.Runs;

/// <summary>Puts a dataset that is shipped with the program into the object store the first time it is trained on.</summary>
internal interface IDatasetPreparation
{
    /// <summary>Returns when the dataset of the spec is in the store, or when it is none that is shipped.</summary>
    /// <param name="report">Takes a line when there is something to do.</param>
    Task PrepareAsync(RunSpec spec, Action<string> report, CancellationToken cancellationToken);
}

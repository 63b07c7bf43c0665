using OrleansTrain.Client.Catalog;
using OrleansTrain.Client.Datasets;
using OrleansTrain.Client.Doctor;
using OrleansTrain.Client.History;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Runs;
using OrleansTrain.Client.Sessions;
using OrleansTrain.Client.Signals;
using OrleansTrain.Storage;

namespace OrleansTrain.Client;

/// <summary>What the commands need of the world around them. Nothing in it starts anything until it is used.</summary>
internal sealed record ClientServices
{
    public required Terminal Terminal { get; init; }

    /// <summary>Environment variables.</summary>
    public required Func<string, string?> Environment { get; init; }

    public required string WorkingFolder { get; init; }

    public required TimeProvider Time { get; init; }

    public required HomeFolder Home { get; init; }

    public required ISessions Sessions { get; init; }

    public required ITrackingAccess Tracking { get; init; }

    public required ITaskCatalog Tasks { get; init; }

    /// <summary>Starts to listen for signals.</summary>
    public required Func<IInterrupts> ListenForInterrupts { get; init; }

    /// <summary>What <c>doctor</c> looks at, in the order it is shown.</summary>
    public required Func<IReadOnlyList<IDoctorCheck>> DoctorChecks { get; init; }

    /// <summary>The object stores that URIs lead to; the caller disposes them if they are disposable.</summary>
    public required Func<IObjectStores> OpenStores { get; init; }

    public required ShippedDatasets ShippedDatasets { get; init; }

    /// <summary>Makes sure that a run's dataset is there before the run is started.</summary>
    public required IDatasetPreparation Datasets { get; init; }
}

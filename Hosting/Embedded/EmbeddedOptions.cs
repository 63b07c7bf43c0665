using OrleansTrain.Storage;
using OrleansTrain.Tracking;

namespace OrleansTrain.Hosting.Embedded;

/// <summary>How to run everything in this process.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>Holds <c>state/</c> (grain state), <c>tracking/</c> (when embedded) and <c>store/</c> (when there is no S3 server).</summary>
    public required string HomeFolder { get; init; }

    /// <summary>Silos to start; more than one only to try how a run spreads.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>Silos without rank slots to start besides, which preprocess data for the others.</summary>
    public int PreprocessingSilos { get; init; }

    /// <summary>Rank slots a silo offers.</summary>
    public int SlotsPerSilo { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes that loaded dataset blocks may take on each silo; null: an eighth of the memory this process may use.</summary>
    public long? DatasetMemory { get; init; }

    /// <summary><c>cuda</c> when each slot is a GPU, else <c>cpu</c>; a task, since libtorch loads while the tracking server starts.</summary>
    public Task<string> Devices { get; init; } = Task.FromResult("cpu");

    /// <summary>Objects: an S3 server or <c>store/</c>.</summary>
    public required ObjectStoreOptions ObjectStores { get; init; }

    /// <summary>The tracking server to use; null starts the embedded one.</summary>
    public MlflowClientOptions? Tracking { get; init; }

    /// <summary>Log everything of level Information and above to stderr.</summary>
    public bool Verbose { get; init; }

    // A test says which ports are found.
    internal Func<int, int[]> FindPorts { get; init; } = FreePort.Find;
}

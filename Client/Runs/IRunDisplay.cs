using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Runs;

/// <summary>Shows a run while it goes on.</summary>
internal interface IRunDisplay
{
    /// <summary>Shows every change and returns the last.</summary>
    Task<RunStatus> ShowAsync(IAsyncEnumerable<RunStatus> changes);
}

using OrleansTrain.Grains.Abstractions.Tracking;

namespace OrleansTrain.Grains.Tracking;

/// <inheritdoc cref="IUndeliveredGrain"/>
internal sealed class UndeliveredGrain(
    [PersistentState("undelivered", GrainStorageNames.State)] IPersistentState<UndeliveredState> storage) : Grain, IUndeliveredGrain
{
    // What could not be stored is to be stored with the next call, which most likely is the same one again.
    private bool _unstored;

    public Task Add(string runId) => Store(storage.State.Runs.Add(runId));

    public Task Remove(string runId) => Store(storage.State.Runs.Remove(runId));

    // A run that is called at all starts to send what waits.
    public Task Wake() => Task.WhenAll(storage.State.Runs.Select(runId => GrainFactory.GetGrain<IRunGrain>(runId).GetOutbox()));

    private async Task Store(bool changed)
    {
        _unstored |= changed;
        if (_unstored)
        {
            await storage.WriteStateAsync();
            _unstored = false;
        }
    }
}

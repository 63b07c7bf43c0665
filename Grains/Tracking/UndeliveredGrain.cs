using OrleansTrain.Grains.Abstractions.Tracking;

namespace OrleansTrain.Grains.Tracking;

/// <inheritdoc cref="IUndeliveredGrain"/>
internal sealed class UndeliveredGrain(
    [PersistentState("undelivered", GrainStorageNames.State)] IPersistentState<UndeliveredState> storage) : Grain, IUndeliveredGrain
{
    public Task Add(string runId) => storage.State.Runs.Add(runId) ? storage.WriteStateAsync() : Task.CompletedTask;

    public Task Remove(string runId) => storage.State.Runs.Remove(runId) ? storage.WriteStateAsync() : Task.CompletedTask;

    // A run that is called at all starts to send what waits.
    public Task Wake() => Task.WhenAll(storage.State.Runs.Select(runId => GrainFactory.GetGrain<IRunGrain>(runId).GetOutbox()));
}

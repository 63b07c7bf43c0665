using System.Collections.Concurrent;
using Orleans.Serialization;
using Orleans.Storage;

namespace OrleansTrain.Grains.Tests.Hosted;

/// <summary>
/// Grain states of a test cluster, kept outside its silos as Redis keeps them: Orleans' memory storage lives in grains, on whichever silo, and dies
/// with it. Like Redis, it refuses a write by somebody who has not read the newest state.
/// </summary>
/// <param name="kept">The states: one dictionary for all silos of a cluster.</param>
/// <param name="storing">Called with each state's name, and awaited, before its write arrives.</param>
/// <param name="stored">Called with each state's name when its write has arrived; what it throws is the writer's answer.</param>
internal sealed class SurvivingStorage(
    ConcurrentDictionary<(string Name, GrainId Grain), SurvivingStorage.Entry> kept, Serializer serializer, Func<string, Task> storing, Action<string> stored) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (kept.TryGetValue((stateName, grainId), out var entry))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (serializer.Deserialize<T>(entry.State), entry.ETag, true);
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var known = grainState.ETag;
        var next = new Entry(Guid.NewGuid().ToString("N"), serializer.SerializeToArray(grainState.State));
        await storing(stateName);
        kept.AddOrUpdate((stateName, grainId), _ => Over(null), (_, newest) => Over(newest));
        stored(stateName);
        (grainState.ETag, grainState.RecordExists) = (next.ETag, true);

        Entry Over(Entry? newest) => newest?.ETag == known
            ? next
            : throw new InconsistentStateException($"{grainId} was written meanwhile", newest?.ETag ?? "none", known ?? "none");
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        kept.TryRemove((stateName, grainId), out _);
        (grainState.ETag, grainState.RecordExists) = (null, false);
        return Task.CompletedTask;
    }

    /// <summary>A state as it was written last.</summary>
    internal sealed record Entry(string ETag, byte[] State);
}

using System.Collections.Concurrent;
using Orleans.Storage;

namespace OrleansTrain.Grains.Tests.Hosted;

/// <summary>A grain store that takes its time and, as Redis does, refuses a write by somebody who has not read the newest state.</summary>
internal sealed class RefusingStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<GrainId, string> _newest = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var known = grainState.ETag;
        await Task.Delay(TimeSpan.FromMilliseconds(5));
        if (_newest.GetValueOrDefault(grainId) is var newest && newest != known)
        {
            throw new InconsistentStateException($"{grainId} was written meanwhile", newest ?? "none", known ?? "none");
        }

        _newest[grainId] = grainState.ETag = Guid.NewGuid().ToString("N");
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
}

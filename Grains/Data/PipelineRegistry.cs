using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OrleansTrain.Data;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Grains.Data.Dedicated;
using OrleansTrain.Tasks;

namespace OrleansTrain.Grains.Data;

/// <summary>
/// The pipelines in use on this silo, by what they do to blocks. A pipeline holds code and cannot travel: the rank that opens a dataset
/// leaves it here for the block grains of its silo; where there is no rank it is made anew by the task's own code. Thread-safe.
/// </summary>
internal sealed class PipelineRegistry(IServiceProvider services)
{
    private readonly ConcurrentDictionary<string, DataPipeline> _pipelines = new(StringComparer.Ordinal);

    public string Register(DataPipeline pipeline)
    {
        var digest = pipeline.LoadDigest;
        _pipelines.TryAdd(digest, pipeline);
        return digest;
    }

    /// <summary>The pipeline with this digest.</summary>
    /// <exception cref="DatasetException">The task on this silo does other things to the data than the rank's: they are of different builds.</exception>
    public DataPipeline Find(string digest, PipelineRecipe? recipe)
    {
        if (_pipelines.TryGetValue(digest, out var known))
        {
            return known;
        }

        if (recipe is null)
        {
            throw new InvalidOperationException($"No pipeline {digest} has been opened on this silo.");
        }

        var made = RecipePipeline.Build(recipe, services.GetRequiredService<TaskRegistry>());
        return Register(made) == digest
            ? made
            : throw new DatasetException(
                $"Task '{recipe.Spec.Task}' preprocesses otherwise on this silo than on that of the rank: run the same build of it on all silos.");
    }
}

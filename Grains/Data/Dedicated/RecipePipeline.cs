using OrleansTrain.Data;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Tasks;
using OrleansTrain.Training;
using TorchSharp;

namespace OrleansTrain.Grains.Data.Dedicated;

/// <summary>Makes a run's pipeline, the same on every silo.</summary>
internal static class RecipePipeline
{
    /// <summary>As a rank of the run makes it.</summary>
    public static DataPipeline Create(TrainingTask task, TaskContext context, RunSpec spec)
    {
        var pipeline = task.CreatePipeline(context);
        return pipeline.From(pipeline.Format.Configured(spec.Format, spec.FormatOptions));
    }

    /// <summary>As a silo without ranks makes it.</summary>
    public static DataPipeline Build(PipelineRecipe recipe, TaskRegistry tasks)
    {
        var spec = recipe.Spec;
        var task = tasks.Get(spec.Task);
        using var random = new RankRandom(spec.Seed, 0);
        var context = new TaskContext(0, spec.Ranks, spec.Seed, torch.CPU, TaskParameters.Merge(task, spec.Parameters), random);
        var pipeline = Create(task, context, spec);
        return recipe.Categories is null ? pipeline : pipeline.WithCategories([.. recipe.Categories.Select(Fitting.Unpack)]);
    }
}

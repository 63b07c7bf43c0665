using OrleansTrain.Client.Catalog;

namespace OrleansTrain.Client.Tests.Fakes;

/// <summary>Two tasks: one like the reference workload, one with parameters of its own.</summary>
internal sealed class FakeTasks : ITaskCatalog
{
    private static readonly Dictionary<string, TaskDescription> Tasks = new()
    {
        ["mnist"] = new(
            "mnist",
            "The reference",
            new Dictionary<string, string> { ["epochs"] = "3", ["optimizer"] = "sgd", ["learning_rate"] = "0.025", ["momentum"] = "0.5" },
            new Dictionary<string, string>()),
        ["mnist-cnn"] = new(
            "mnist-cnn",
            "Convolutions",
            new Dictionary<string, string> { ["dataset"] = "s3://datasets/mnist" },
            new Dictionary<string, string> { ["dropout"] = "0.25", ["hidden"] = "128" }),
    };

    public IReadOnlyList<string> Names => [.. Tasks.Keys];

    public TaskDescription? Find(string name) => Tasks.GetValueOrDefault(name);
}

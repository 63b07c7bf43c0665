using OrleansTrain.Training;

namespace OrleansTrain.ExchangeBench;

/// <summary>Shapes of the models we measure with.</summary>
internal static class BenchModel
{
    public static IReadOnlyList<string> Names { get; } = ["mnist", "mnist-mlp", "mnist-cnn", "tiny", "500mb"];

    public static ParameterLayout Layout(string name) => name switch
    {
        "mnist" => Mlp(784, 1024, 1024, 1024, 1024, 10),
        "mnist-mlp" => Mlp(784, 128, 64, 10),
        "mnist-cnn" => Create([32, 1, 3, 3], [32], [64, 32, 3, 3], [64], [128, 9216], [128], [10, 128], [10]),
        "tiny" => Mlp(4, 4, 2),
        "500mb" => Mlp(10_000, 6_000, 5_000, 5_000, 2_000),
        _ => throw new ArgumentException($"model '{name}' is unknown: choose one of {string.Join(", ", Names)}."),
    };

    private static ParameterLayout Mlp(params long[] widths) =>
        Create([.. widths.Zip(widths.Skip(1)).SelectMany(pair => new long[][] { [pair.Second, pair.First], [pair.Second] })]);

    private static ParameterLayout Create(params long[][] shapes) => ParameterLayout.Create(shapes.Select((shape, i) => ($"p{i}", shape)));
}

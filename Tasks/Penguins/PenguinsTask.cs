using OrleansTrain.Data;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Tasks.Networks;
using OrleansTrain.Training;
using static TorchSharp.torch;

namespace OrleansTrain.Tasks.Penguins;

/// <summary>
/// Which of three species a penguin is, from a table with numbers, text and gaps (CSV, JSON lines or Parquet): nothing here is an image. Means,
/// deviations and categories come from the training data.
/// </summary>
internal sealed class PenguinsTask : TrainingTask
{
    private const string Species = "Species";
    private const string Island = "Island";
    private const string Sex = "Sex";
    private static readonly string[] Measures = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"];

    public override string Name => "penguins";

    public override string Description => "Palmer penguins, a table of 344 rows, with a small network";

    public override IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>
    {
        ["ranks"] = "2",
        ["epochs"] = "30",
        ["batch_size_per_rank"] = "8",
        ["optimizer"] = "adam",
        ["learning_rate"] = "0.01",
        ["seed"] = "1",
        ["dataset"] = "s3://datasets/penguins",
        ["checkpoint_every"] = "epoch",
    };

    public override IReadOnlyDictionary<string, string> Parameters { get; } = new Dictionary<string, string> { ["hidden"] = "16" };

    public override DataPipeline CreatePipeline(TaskContext context) => DataPipeline.Create()
        .From(DataFormat.Auto.WithSplits(("train", 0.8), ("test", 0.2)))
        .Filter("measured", record => !double.IsNaN(record[Measures[0]].AsNumber()))
        .Map("'.' is no sex", record =>
        {
            record[Sex] = record[Sex].AsText() == "." ? Field.Of("") : record[Sex];
            return record;
        })
        .Encode(Species, CategoryEncoding.Number)
        .Encode(Island)
        .Encode(Sex)
        .Standardise(Measures)
        .Inputs([.. Measures, Island, Sex])
        .Target(Species);

    // Four measures, three islands, two sexes; three species.
    public override nn.Module CreateModel(TaskContext context) =>
        new Mlp(9, long.Parse(context.Parameters["hidden"], System.Globalization.CultureInfo.InvariantCulture), 3);

    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context) => Classifier.Loss(model, batch);

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context) =>
        Classifier.Evaluate(model, batch, sums);
}

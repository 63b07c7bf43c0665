using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Hosting.Embedded;

namespace OrleansTrain.DataBench;

/// <summary>A run that trains from the server: how much of each epoch the ranks waited for data.</summary>
internal static class WholeRun
{
    public static async Task<RunStatus> Train(ObjectServer server, string uri, string task, int epochs)
    {
        var home = Directory.CreateTempSubdirectory("databench-");
        try
        {
            await using var host = await EmbeddedHost.StartAsync(new EmbeddedOptions { HomeFolder = home.FullName, SlotsPerSilo = 2, ObjectStores = server.Options });
            var images = uri == BenchData.Images;
            var spec = new RunSpec
            {
                Task = task,
                Experiment = "bench",
                Device = "cpu",
                Ranks = 2,
                Epochs = epochs,
                BatchSizePerRank = task == "mnist" ? 32 : 64,
                LearningRate = 0.01,
                Dataset = uri,
                Format = images ? "images" : "auto",
                FormatOptions = images ? new Dictionary<string, string> { ["label"] = BenchData.Label, ["channels"] = "1" } : new Dictionary<string, string>(),
                CheckpointUri = new Uri(Path.Combine(home.FullName, "checkpoints")).AbsoluteUri,
            };
            var runId = await host.Grains.GetGrain<IExperimentGrain>(spec.Experiment).Start(
                spec, new RunSource("bench", "bench", null, new Dictionary<string, string>()), Guid.NewGuid().ToString("N"));
            var run = host.Grains.GetGrain<ITrainingGrain>(runId);
            var status = await run.GetStatus();
            while (!status.Phase.IsTerminal())
            {
                status = await run.WaitForChange(status.Version);
            }

            return status.Phase == RunPhase.Finished ? status : throw new InvalidOperationException(status.Message + status.Error);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}

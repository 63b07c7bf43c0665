namespace OrleansTrain.Tracking.Tests.Server;

public sealed class SearchFixture : IAsyncLifetime
{
    private readonly Dictionary<string, string> _ids = [];
    private string _experiment = "";

    public EmbeddedServer Server { get; } = new();

    public string IdOf(string name) => _ids[name];

    /// <returns>Names of the runs found, in order.</returns>
    public async Task<string> FindAsync(string filter, params string[] orderBy) =>
        string.Join(' ', await Server.Client.SearchRunsAsync([_experiment], filter, orderBy).Select(run => run.Info.RunName).ToArrayAsync());

    public async Task InitializeAsync()
    {
        await Server.InitializeAsync();
        _experiment = (await Server.Client.GetOrCreateExperimentAsync("search")).ExperimentId;
        await Server.PostAsync("experiments/set-experiment-tag", $$"""{"experiment_id": "{{_experiment}}", "key": "team", "value": "a"}""");
        await Add("a", 1000, [new("loss", 0.5, 1)], [new("lr", "0.1")], [new("stage", "prod")]);
        await Add("b", 2000, [new("loss", 0.9, 1), new("loss", 0.3, 2, 1), new("val/acc top-1", 1, 1)], [new("lr", "0.1")], [new("stage", "dev")]);
        await Add("c", 3000, [new("loss", 0.2, 1), new("nan", double.NaN, 1)], [new("lr", "0.01"), new("optimizer", "Adam")], [new("stage", "dev")]);
        await Add("d", 4000, [new("nan", 1, 1)], [], [new("quote", "it's")], "eve");
        await Server.Client.UpdateRunAsync(IdOf("b"), MlflowRunStatus.Finished, DateTimeOffset.FromUnixTimeMilliseconds(5000));
        await Server.Client.LogInputsAsync(
            IdOf("a"), [new MlflowDatasetInput(new MlflowDataset("mnist", "d1", "local", "{}"), [new MlflowTag("mlflow.data.context", "training")])]);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Server.Dispose();
    }

    private async Task Add(string name, long start, MlflowMetric[] metrics, MlflowParam[] parameters, MlflowTag[] tags, string user = "bob")
    {
        var run = await Server.Client.CreateRunAsync(_experiment, name, DateTimeOffset.FromUnixTimeMilliseconds(start), user);
        await Server.Client.LogBatchAsync(run.RunId, new MlflowBatch { Metrics = metrics, Params = parameters, Tags = tags });
        _ids[name] = run.RunId;
    }
}

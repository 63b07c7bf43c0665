using Orleans.Concurrency;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Tracking;

namespace OrleansTrain.Grains.Runs;

/// <inheritdoc cref="IExperimentGrain"/>
[Reentrant]
internal sealed class ExperimentGrain(IMlflowClient mlflow, TimeProvider time) : Grain, IExperimentGrain
{
    // Unique to a request: tells whether a run whose creation was not answered exists.
    private const string RequestTag = "orleanstrain.request_id";

    // A server that is busy is no reason to refuse a run; one that is not there should be said soon, and before Start's own response timeout:
    // who starts again after that would wait for all of this once more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    // A name or a connection attempt that got lost takes longer than that to be given up, and says nothing about the server.
    private const int LeastTries = 2;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(0.5);

    private readonly Dictionary<string, Task<string>> _requests = new(StringComparer.Ordinal);

    public Task<string> Start(RunSpec spec, RunSource source, string requestId)
    {
        if (!_requests.TryGetValue(requestId, out var run) || run.IsFaulted)
        {
            _requests[requestId] = run = StartOnce(spec, source, requestId);
        }

        return run;
    }

    private async Task<string> StartOnce(RunSpec spec, RunSource source, string requestId)
    {
        var run = await CreateRun(spec, source, requestId);
        var tracking = GrainFactory.GetGrain<IRunGrain>(run.RunId);
        await tracking.LogParams(SpecParams.From(spec));
        await GrainFactory.GetGrain<ITrainingGrain>(run.RunId).Start(spec, run.Info.ExperimentId, mlflow.TrackingUri.ToString().TrimEnd('/'));
        return run.RunId;
    }

    private async Task<MlflowRun> CreateRun(RunSpec spec, RunSource source, string requestId)
    {
        var started = time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            try
            {
                var experiment = await mlflow.GetOrCreateExperimentAsync(spec.Experiment);
                return await FindRun(experiment.ExperimentId, requestId)
                    ?? await mlflow.CreateRunAsync(experiment.ExperimentId, spec.RunName, time.GetUtcNow(), source.User, Tags(spec, source, requestId));
            }
            catch (MlflowException error) when (error.IsTransient && (time.GetElapsedTime(started) < Patience || tries < LeastTries))
            {
                await Task.Delay(RetryPause, time);
            }
            catch (MlflowException error)
            {
                throw new RunRefusedException(error.Message);
            }
        }
    }

    private async Task<MlflowRun?> FindRun(string experimentId, string requestId)
    {
        await foreach (var run in mlflow.SearchRunsAsync([experimentId], $"tags.`{RequestTag}` = '{requestId}'"))
        {
            return run;
        }

        return null;
    }

    private static List<MlflowTag> Tags(RunSpec spec, RunSource source, string requestId)
    {
        var tags = new List<MlflowTag>
        {
            new(RequestTag, requestId),
            new("mlflow.user", source.User),
            new("mlflow.source.name", source.SourceName),
            new("mlflow.source.type", "LOCAL"),
            new("orleanstrain.task", spec.Task),
        };
        if (source.GitCommit is { } commit)
        {
            tags.Add(new MlflowTag("mlflow.source.git.commit", commit));
        }

        tags.AddRange(source.Tags.Where(tag => tags.TrueForAll(known => known.Key != tag.Key)).Select(tag => new MlflowTag(tag.Key, tag.Value)));
        return tags;
    }
}

using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

internal static class RunCreation
{
    public static RunRecord Create(Session session, Message request, Func<string> newRunId)
    {
        var experiment = ActiveExperiment(session, request.Text("experiment_id"));
        List<KeyValue> tags = [.. request.Many("tags").Select(Messages.ToKeyValue)];
        if (tags.DistinctBy(tag => tag.Key).Count() < tags.Count)
        {
            throw MlflowError.BadRequest("A tag is given twice: UNIQUE constraint failed: tags.key, tags.run_uuid");
        }

        var name = Name(request.Text("run_name"), tags);
        var runId = newRunId();
        return RunTable.Create(
            session,
            new RunInfoRecord(
                runId,
                experiment.Id,
                name,
                request.Text("user_id"),
                Messages.RunStatus[1],
                request.Integer("start_time"),
                EndTime: null,
                $"{experiment.ArtifactLocation.TrimEnd('/')}/{runId}/artifacts",
                LifecycleStage.Active),
            tags);
    }

    private static ExperimentRecord ActiveExperiment(Session session, string experimentId)
    {
        if (experimentId.Length == 0)
        {
            throw MlflowError.BadRequest("A run needs an experiment_id: FOREIGN KEY constraint failed");
        }

        var experiment = ExperimentTable.Get(session, experimentId);
        return experiment.IsActive
            ? experiment
            : throw MlflowError.InvalidParameter(
                $"The experiment {experiment.Id} must be in the 'active' state. Current state is {experiment.LifecycleStage}.");
    }

    /// <summary>The name asked for, that of the tag, or a random one; the tag is added if it is not there.</summary>
    private static string Name(string asked, List<KeyValue> tags)
    {
        var tagged = tags.Find(tag => tag.Key == RunTable.NameTag)?.Value ?? "";
        if (asked.Length > 0 && tagged.Length > 0 && asked != tagged)
        {
            throw MlflowError.InvalidParameter(
                "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
                + $"(run_name='{asked}', mlflow.runName='{tagged}').");
        }

        var name = asked.Length > 0 ? asked : tagged.Length > 0 ? tagged : RandomName.Next();
        if (tagged.Length == 0)
        {
            tags.RemoveAll(tag => tag.Key == RunTable.NameTag);
            tags.Add(new KeyValue(RunTable.NameTag, name));
        }

        return name;
    }
}

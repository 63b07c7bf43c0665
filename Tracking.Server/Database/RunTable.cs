using Microsoft.Data.Sqlite;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Database;

internal static class RunTable
{
    public const string Columns =
        "r.run_id, r.experiment_id, r.run_name, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage";

    /// <summary>The tag that mirrors a run's name.</summary>
    public const string NameTag = "mlflow.runName";

    public static RunRecord Create(Session session, RunInfoRecord run, IReadOnlyList<KeyValue> tags)
    {
        session.Execute(
            """
            INSERT INTO runs (run_id, experiment_id, run_name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            run.RunId,
            run.ExperimentId,
            run.RunName,
            run.UserId,
            run.Status,
            run.StartTime,
            run.EndTime,
            run.ArtifactUri,
            run.LifecycleStage);
        foreach (var tag in tags)
        {
            TagTable.Set(session, run.RunId, tag);
        }

        return new RunRecord(run, [], [], tags, [], [], []);
    }

    /// <exception cref="MlflowError">There is no such run.</exception>
    public static RunInfoRecord GetInfo(Session session, string runId) =>
        session.Single($"SELECT {Columns} FROM runs r WHERE r.run_id = $1", ReadInfo, runId)
        ?? throw MlflowError.Missing($"Run with id={runId} not found");

    /// <exception cref="MlflowError">There is no such run, or it is deleted.</exception>
    public static RunInfoRecord GetActive(Session session, string runId)
    {
        var run = GetInfo(session, runId);
        return run.IsActive
            ? run
            : throw MlflowError.InvalidParameter($"The run {runId} must be in the 'active' state. Current state is {run.LifecycleStage}.");
    }

    public static RunRecord Get(Session session, string runId) => RunLoader.Load(session, [GetInfo(session, runId)])[0];

    /// <summary>Sets what is given; a new name also changes the tag that mirrors it.</summary>
    public static RunInfoRecord Update(Session session, RunInfoRecord run, string? status, long? endTime, string? runName)
    {
        var updated = run with
        {
            Status = status ?? run.Status,
            EndTime = endTime ?? run.EndTime,
            RunName = string.IsNullOrEmpty(runName) ? run.RunName : runName,
        };
        session.Execute(
            "UPDATE runs SET status = $2, end_time = $3, run_name = $4 WHERE run_id = $1", run.RunId, updated.Status, updated.EndTime, updated.RunName);
        if (!string.IsNullOrEmpty(runName))
        {
            TagTable.Set(session, run.RunId, new KeyValue(NameTag, runName));
        }

        return updated;
    }

    public static void SetStage(Session session, string runId, string stage) =>
        session.Execute("UPDATE runs SET lifecycle_stage = $2 WHERE run_id = $1", runId, stage);

    public static RunInfoRecord ReadInfo(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetInt64(5),
        row.IsDBNull(6) ? null : row.GetInt64(6),
        row.GetString(7),
        row.GetString(8));
}

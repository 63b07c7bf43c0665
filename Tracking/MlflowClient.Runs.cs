using System.Runtime.CompilerServices;
using OrleansTrain.Tracking.Wire;

namespace OrleansTrain.Tracking;

public sealed partial class MlflowClient
{
    /// <summary>Runs carry all their params: a page stays small enough to read at once.</summary>
    private const int RunsPerPage = 200;

    /// <inheritdoc/>
    public async Task<MlflowRun> CreateRunAsync(
        string experimentId,
        string? runName,
        DateTimeOffset startTime,
        string? userId = null,
        IReadOnlyList<MlflowTag>? tags = null,
        CancellationToken cancellationToken = default) =>
        (await _transport.PostAsync(
            Api + "runs/create",
            new CreateRunRequest(experimentId, runName, startTime.ToUnixTimeMilliseconds(), userId, tags),
            MlflowJson.Default.CreateRunRequest,
            MlflowJson.Default.RunResponse,
            isWrite: true,
            cancellationToken)).Run;

    /// <inheritdoc/>
    public async Task<MlflowRun> GetRunAsync(string runId, CancellationToken cancellationToken = default) =>
        (await _transport.GetAsync($"{Api}runs/get?{Query("run_id", runId)}", MlflowJson.Default.RunResponse, cancellationToken)).Run;

    /// <inheritdoc/>
    public async Task<MlflowRunInfo> UpdateRunAsync(
        string runId,
        MlflowRunStatus? status = null,
        DateTimeOffset? endTime = null,
        string? runName = null,
        CancellationToken cancellationToken = default) =>
        (await _transport.PostAsync(
            Api + "runs/update",
            new UpdateRunRequest(runId, status, endTime?.ToUnixTimeMilliseconds(), runName),
            MlflowJson.Default.UpdateRunRequest,
            MlflowJson.Default.UpdateRunResponse,
            isWrite: true,
            cancellationToken)).RunInfo;

    /// <inheritdoc/>
    public async IAsyncEnumerable<MlflowRun> SearchRunsAsync(
        IReadOnlyList<string> experimentIds,
        string? filter = null,
        IReadOnlyList<string>? orderBy = null,
        MlflowViewType view = MlflowViewType.ActiveOnly,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? pageToken = null;
        do
        {
            var page = await _transport.PostAsync(
                Api + "runs/search",
                new SearchRunsRequest(experimentIds, filter, orderBy, view, RunsPerPage, pageToken),
                MlflowJson.Default.SearchRunsRequest,
                MlflowJson.Default.SearchRunsResponse,
                isWrite: false,
                cancellationToken);
            foreach (var run in page.Runs ?? [])
            {
                yield return run;
            }

            pageToken = NextPage(pageToken, page.NextPageToken);
        }
        while (pageToken is not null);
    }
}

using System.Runtime.CompilerServices;
using OrleansTrain.Tracking.Wire;

namespace OrleansTrain.Tracking;

public sealed partial class MlflowClient
{
    private const int ExperimentsPerPage = 1000;

    /// <inheritdoc/>
    public async Task<MlflowExperiment> GetOrCreateExperimentAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (await FindExperimentAsync(name, cancellationToken) is { } existing)
        {
            return Active(existing);
        }

        try
        {
            var created = await _transport.PostAsync(
                Api + "experiments/create",
                new CreateExperimentRequest(name),
                MlflowJson.Default.CreateExperimentRequest,
                MlflowJson.Default.CreateExperimentResponse,
                isWrite: true,
                cancellationToken);
            return await GetExperimentAsync(created.ExperimentId, cancellationToken);
        }
        catch (MlflowException exception) when (exception.ErrorCode == MlflowErrorCodes.ResourceAlreadyExists)
        {
            // Somebody else created it since we looked.
            return Active(await FindExperimentAsync(name, cancellationToken)
                ?? throw new MlflowException($"The experiment '{name}' at {TrackingUri} was deleted for good while it was being opened.", exception));
        }
    }

    /// <inheritdoc/>
    public async Task<MlflowExperiment> GetExperimentAsync(string experimentId, CancellationToken cancellationToken = default) =>
        (await _transport.GetAsync(
            $"{Api}experiments/get?{Query("experiment_id", experimentId)}", MlflowJson.Default.ExperimentResponse, cancellationToken))
        .Experiment;

    /// <inheritdoc/>
    public async Task<MlflowExperiment?> FindExperimentAsync(string name, CancellationToken cancellationToken = default)
    {
        try
        {
            var answer = await _transport.GetAsync(
                $"{Api}experiments/get-by-name?{Query("experiment_name", name)}", MlflowJson.Default.ExperimentResponse, cancellationToken);
            return answer.Experiment;
        }
        catch (MlflowException exception) when (exception.ErrorCode == MlflowErrorCodes.ResourceDoesNotExist)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<MlflowExperiment> SearchExperimentsAsync(
        string? filter = null,
        IReadOnlyList<string>? orderBy = null,
        MlflowViewType view = MlflowViewType.ActiveOnly,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? pageToken = null;
        do
        {
            var page = await _transport.PostAsync(
                Api + "experiments/search",
                new SearchExperimentsRequest(filter, orderBy, view, ExperimentsPerPage, pageToken),
                MlflowJson.Default.SearchExperimentsRequest,
                MlflowJson.Default.SearchExperimentsResponse,
                isWrite: false,
                cancellationToken);
            foreach (var experiment in page.Experiments ?? [])
            {
                yield return experiment;
            }

            pageToken = NextPage(pageToken, page.NextPageToken);
        }
        while (pageToken is not null);
    }

    private MlflowExperiment Active(MlflowExperiment experiment) => experiment.IsActive
        ? experiment
        : throw new MlflowException(
            $"The experiment '{experiment.Name}' (ID {experiment.ExperimentId}) at {TrackingUri} is deleted: restore it with "
            + $"`mlflow experiments restore --experiment-id {experiment.ExperimentId}`, or choose another name.",
            MlflowErrorCodes.InvalidState);

    /// <summary>A server that gives the same token again would have us ask forever.</summary>
    private string? NextPage(string? current, string? next) => string.IsNullOrEmpty(next)
        ? null
        : next != current
            ? next
            : throw new MlflowException($"MLflow at {TrackingUri} repeats a page: its next_page_token does not change.");
}

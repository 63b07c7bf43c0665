using OrleansTrain.Client.Errors;
using OrleansTrain.Tracking;

namespace OrleansTrain.Client.History;

/// <summary>A run that a user names.</summary>
internal static class KnownRun
{
    /// <exception cref="CommandFailedException">The tracking server has no such run.</exception>
    public static async Task<MlflowRun> FindRunAsync(this IMlflowClient mlflow, string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await mlflow.GetRunAsync(runId, cancellationToken);
        }
        catch (MlflowException exception) when (exception.ErrorCode == MlflowErrorCodes.ResourceDoesNotExist)
        {
            throw new CommandFailedException($"no run {runId} is known here; 'orleanstrain runs' lists those there are", exception);
        }
    }
}

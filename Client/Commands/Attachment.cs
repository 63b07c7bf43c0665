using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Sessions;
using OrleansTrain.Hosting;

namespace OrleansTrain.Client.Commands;

/// <summary>Connects a command to what runs already.</summary>
internal static class Attachment
{
    /// <exception cref="CommandFailedException">Nothing runs.</exception>
    public static async Task<IClusterSession> OpenAsync(ClientServices services, string? runId, CancellationToken cancellationToken) =>
        await services.Sessions.AttachAsync(runId, new SessionOptions { Verbose = services.Terminal.Verbosity == Verbosity.Verbose }, cancellationToken)
        ?? throw new CommandFailedException(
            $"no cluster is configured (ORLEANSTRAIN_REDIS), and no process trains {(runId is null ? "" : $"run {runId} ")}in {services.Home.Root}; "
            + "'orleanstrain runs' lists runs of the past");
}

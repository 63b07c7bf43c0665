using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Sessions;
using OrleansTrain.Hosting;

namespace OrleansTrain.Client.Commands;

/// <summary>Connects a command to what runs already.</summary>
internal static class Attachment
{
    /// <exception cref="CommandFailedException">Nothing runs.</exception>
    public static async Task<IClusterSession> OpenAsync(ClientServices services, CancellationToken cancellationToken) =>
        await services.Sessions.AttachAsync(new SessionOptions { Verbose = services.Terminal.Verbosity == Verbosity.Verbose }, cancellationToken)
        ?? throw new CommandFailedException(
            "no cluster is configured (ORLEANSTRAIN_REDIS) and nothing trains in this home folder; 'orleanstrain runs' lists runs of the past");
}

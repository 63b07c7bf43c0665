using Microsoft.Extensions.Hosting;

namespace OrleansTrain.Tracking.Server.Hosting;

/// <summary>
/// Leaves Ctrl-C and SIGTERM to the process around: the run that is being interrupted still has to say here that it was.
/// </summary>
internal sealed class NoSignalLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

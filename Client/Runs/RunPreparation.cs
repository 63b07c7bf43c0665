using OrleansTrain.Client.Sessions;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Hosting;

namespace OrleansTrain.Client.Runs;

/// <summary>Opens the session and puts the dataset there, at the same time: what shortens the start.</summary>
internal sealed class RunPreparation(ClientServices services)
{
    /// <returns>The session, with the dataset in the store. The caller closes it.</returns>
    public async Task<IClusterSession> OpenAsync(RunSpec spec, SessionOptions options, CancellationToken cancellationToken)
    {
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var dataset = services.Datasets.PrepareAsync(spec, services.Terminal.Note, abandon.Token);
        IClusterSession session;
        try
        {
            session = await services.Sessions.OpenAsync(options, cancellationToken);
        }
        catch
        {
            await abandon.CancelAsync();
            await dataset.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        try
        {
            await dataset;
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
}

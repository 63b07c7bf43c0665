using OrleansTrain.Client.Sessions;
using OrleansTrain.Hosting;

namespace OrleansTrain.Client.Tests.Fakes;

/// <summary>Sessions over fake grains; remembers how they were opened.</summary>
internal sealed class FakeSessions(FakeGrains grains, bool hasCluster, bool isRunning) : ISessions
{
    public SessionOptions? Opened { get; private set; }

    public string? Announced { get; private set; }

    public int Closed { get; private set; }

    public bool HasCluster => hasCluster;

    public Task<IClusterSession> OpenAsync(SessionOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Opened = options;
        return Task.FromResult<IClusterSession>(new Session(this, grains));
    }

    public Task<IClusterSession?> AttachAsync(string? runId, SessionOptions options, CancellationToken cancellationToken) =>
        Task.FromResult<IClusterSession?>(isRunning ? new Session(this, grains) : null);

    public IDisposable Announce(IClusterSession session, string runId)
    {
        Announced = runId;
        return new MemoryStream(); // anything that can be disposed of
    }

    private sealed class Session(FakeSessions owner, FakeGrains grains) : IClusterSession
    {
        public IGrainFactory Grains => grains;

        public bool IsEmbedded => !owner.HasCluster;

        public string TrackingUri => "http://127.0.0.1:5000/";

        public ValueTask DisposeAsync()
        {
            owner.Closed++;
            return ValueTask.CompletedTask;
        }
    }
}

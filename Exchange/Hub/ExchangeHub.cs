using System.Net;
using OrleansTrain.Exchange.Messages;
using OrleansTrain.Exchange.Plans;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.SharedMemory;
using OrleansTrain.Exchange.Tcp;

namespace OrleansTrain.Exchange.Hub;

/// <summary>A silo's end of all gradient exchanges.</summary>
public sealed class ExchangeHub : IExchangeHub
{
    private readonly SessionRegister _register = new();
    private readonly MessageDesk _desk = new();
    private readonly ChannelListener _listener;
    private readonly SessionFactory _sessions;

    /// <summary>Opens the tensor channel.</summary>
    /// <param name="courier">Brings frames by message, for <see cref="ExchangeMode.Orleans"/>; null: that mode is refused.</param>
    /// <exception cref="InvalidOperationException">Its address cannot be listened on.</exception>
    public ExchangeHub(ExchangeHubOptions options, IFrameCourier? courier = null)
    {
        SharedSegment.RemoveAbandoned();
        _listener = new ChannelListener(options);
        _sessions = new SessionFactory(options, _listener, _desk, courier);
        Endpoint = new ExchangeEndpoint(HostIdentity.Current, AdvertisedAddress(options), _listener.Port, options.Silo);
    }

    /// <inheritdoc/>
    public ExchangeEndpoint Endpoint { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The plan contradicts itself, or asks for shared memory between silos that have none.</exception>
    public IExchangeSession Open(ExchangePlan plan)
    {
        plan.ThrowIfInvalid();
        return _register.Open(plan, () => _sessions.Create(plan));
    }

    /// <inheritdoc/>
    public void Fence(string runId, int attempt) => _register.Fence(runId, attempt);

    /// <inheritdoc/>
    public void Greet(string runId, int attempt, int from, int to, ReadOnlySpan<byte> digest) => _desk.Find(runId, attempt, from, to).Greet(digest);

    /// <inheritdoc/>
    public Task Receive(string runId, int attempt, int from, int to, FrameMessage message) =>
        _desk.Find(runId, attempt, from, to).Receive(message);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var session in _register.Clear())
        {
            await session.DisposeAsync();
        }

        await _listener.DisposeAsync();
    }

    private static string AdvertisedAddress(ExchangeHubOptions options) =>
        options.AdvertisedAddress
        ?? (options.ListenAddress.Equals(IPAddress.Any) || options.ListenAddress.Equals(IPAddress.IPv6Any)
            ? Dns.GetHostName()
            : options.ListenAddress.ToString());
}

using System.Net;
using OrleansTrain.Exchange.Plans;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.SharedMemory;
using OrleansTrain.Exchange.Tcp;

namespace OrleansTrain.Exchange.Hub;

/// <summary>A silo's end of all gradient exchanges.</summary>
public sealed class ExchangeHub : IExchangeHub
{
    private readonly SessionRegister _register = new();
    private readonly ChannelListener _listener;
    private readonly SessionFactory _sessions;

    /// <summary>Opens the tensor channel.</summary>
    /// <exception cref="InvalidOperationException">Its address cannot be listened on.</exception>
    public ExchangeHub(ExchangeHubOptions options)
    {
        SharedSegment.RemoveAbandoned();
        _listener = new ChannelListener(options);
        _sessions = new SessionFactory(options, _listener);
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

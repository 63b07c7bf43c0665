using System.Net;
using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Plans;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Exchange.Tcp;

namespace OrleansTrain.Exchange.Hub;

/// <summary>A silo's end of all gradient exchanges.</summary>
public sealed class ExchangeHub : IExchangeHub
{
    private readonly SessionRegister _register = new();
    private readonly ExchangeHubOptions _options;
    private readonly ChannelListener _listener;

    /// <summary>Opens the tensor channel.</summary>
    /// <exception cref="InvalidOperationException">Its address cannot be listened on.</exception>
    public ExchangeHub(ExchangeHubOptions options)
    {
        _options = options;
        _listener = new ChannelListener(options);
        Endpoint = new ExchangeEndpoint(Environment.MachineName, AdvertisedAddress(options), _listener.Port, options.Silo);
    }

    /// <inheritdoc/>
    public ExchangeEndpoint Endpoint { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The plan contradicts itself.</exception>
    public IExchangeSession Open(ExchangePlan plan)
    {
        plan.ThrowIfInvalid();
        return _register.Open(plan, () => Create(plan));
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
            ? System.Net.Dns.GetHostName()
            : options.ListenAddress.ToString());

    private IExchangeSession Create(ExchangePlan plan)
    {
        if (plan.Mode == ExchangeMode.None)
        {
            return new UnsharedSession(plan);
        }

        var shape = new SessionShape(plan);
        var fault = new SessionFault();
        var spin = SpinPolicy.For(shape.LocalRanks.Count, othersOnHost: false);
        var parameters = ParameterBuffer.Allocate(plan.Layout.Length);
        var digest = PlanDigest.Compute(shape);
        var links = new List<IPeerLink>();
        for (var silo = 0; silo < plan.Silos.Count; silo++)
        {
            if (silo != plan.Self)
            {
                var channel = new TcpChannel(shape, silo, digest, _listener, _options);
                _listener.Expect(channel);
                links.Add(new FrameLink(shape, silo, parameters, channel, fault, spin));
            }
        }

        return new ExchangeSession(shape, parameters, links, fault, spin);
    }
}

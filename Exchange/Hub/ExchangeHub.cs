using OrleansTrain.Exchange.Plans;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.Hub;

/// <summary>A silo's end of all gradient exchanges.</summary>
public sealed class ExchangeHub(ExchangeHubOptions options) : IExchangeHub
{
    private readonly SessionRegister _register = new();

    /// <inheritdoc/>
    public ExchangeEndpoint Endpoint { get; } = new(Environment.MachineName, "", 0, options.Silo);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The plan contradicts itself, or another plan was opened for this attempt.</exception>
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
    }

    private static IExchangeSession Create(ExchangePlan plan)
    {
        if (plan.Mode == ExchangeMode.None)
        {
            return new UnsharedSession(plan);
        }

        if (plan.Silos.Count > 1)
        {
            throw new NotSupportedException("Silos cannot exchange with each other yet.");
        }

        var shape = new SessionShape(plan);
        var spin = SpinPolicy.For(shape.LocalRanks.Count, othersOnHost: false);
        return new ExchangeSession(shape, ParameterBuffer.Allocate(plan.Layout.Length), [], new SessionFault(), spin);
    }
}

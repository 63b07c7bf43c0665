using OrleansTrain.Exchange;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Training;

namespace OrleansTrain.Ranks.Tests.Doubles;

/// <summary>Opens the product's own exchange, all silos in this process.</summary>
internal static class RealSession
{
    /// <param name="placement">The ranks of each silo.</param>
    public static Func<ParameterLayout, IReadOnlyList<IExchangeSession>> Open(OptimizerSettings optimizer, int[][] placement, long firstStep = 0, ExchangeMode mode = ExchangeMode.Tcp) => layout =>
    {
        var hubs = placement.Select((_, silo) => new ExchangeHub(new ExchangeHubOptions { Silo = $"silo {silo}" })).ToArray();
        return
        [
            .. hubs.Select((hub, self) => hub.Open(new ExchangePlan
            {
                RunId = "run",
                Attempt = 1,
                Silos = [.. hubs.Zip(placement, (other, ranks) => new ExchangeSilo(other.Endpoint, ranks))],
                Self = self,
                Layout = layout,
                Optimizer = optimizer,
                Secret = new byte[32],
                FirstStep = firstStep,
                Mode = mode,
            })),
        ];
    };
}

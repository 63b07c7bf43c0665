using OrleansTrain.Exchange;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Training;

namespace OrleansTrain.Ranks.Tests.Doubles;

/// <summary>Opens the product's own exchange with all ranks on one silo.</summary>
internal static class RealSession
{
    public static Func<ParameterLayout, IExchangeSession> Open(OptimizerSettings optimizer, int ranks, long firstStep = 0) => layout =>
        new ExchangeHub(new ExchangeHubOptions { Silo = "silo" }).Open(new ExchangePlan
        {
            RunId = "run",
            Attempt = 1,
            Silos = [new ExchangeSilo(new ExchangeEndpoint("host", "127.0.0.1", 1, "silo"), [.. Enumerable.Range(0, ranks)])],
            Self = 0,
            Layout = layout,
            Optimizer = optimizer,
            Secret = new byte[32],
            FirstStep = firstStep,
        });
}

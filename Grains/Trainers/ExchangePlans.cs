using OrleansTrain.Exchange;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Training;

namespace OrleansTrain.Grains.Trainers;

/// <summary>Turns what a rank was told into the plan of its silo.</summary>
internal static class ExchangePlans
{
    public static ExchangePlan Create(RankAssignment rank, ExchangeAssignment exchange, ParameterLayout layout, long firstStep)
    {
        var spec = rank.Spec;
        return new ExchangePlan
        {
            RunId = rank.RunId,
            Attempt = rank.Attempt,
            Silos = [.. exchange.Silos.Select(silo => new ExchangeSilo(
                new ExchangeEndpoint(silo.Endpoint.HostId, silo.Endpoint.Address, silo.Endpoint.Port, silo.Endpoint.Silo), silo.Ranks))],
            Self = exchange.Silos.ToList().FindIndex(silo => silo.Ranks.Contains(rank.Rank)),
            Layout = layout,
            Optimizer = new OptimizerSettings(spec.Optimizer, spec.LearningRate, spec.OptimizerSettings),
            Mode = Mode(spec.Exchange),
            Secret = exchange.Secret,
            StepTimeout = TimeSpan.FromSeconds(spec.StepTimeoutSeconds),
            FirstStep = firstStep,
        };
    }

    private static ExchangeMode Mode(string exchange) => exchange switch
    {
        "auto" => ExchangeMode.Auto,
        "inproc" => ExchangeMode.InProcess,
        "shm" => ExchangeMode.SharedMemory,
        "tcp" => ExchangeMode.Tcp,
        "orleans" => ExchangeMode.Orleans,
        "none" => ExchangeMode.None,
        _ => throw new ArgumentException($"exchange: expected auto, inproc, shm, tcp, orleans or none; found '{exchange}'."),
    };
}

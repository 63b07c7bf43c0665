using OrleansTrain.Exchange;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Training;

namespace OrleansTrain.Grains.Trainers;

/// <summary>Turns what a rank was told into the plan of its silo.</summary>
internal static class ExchangePlans
{
    /// <summary>The plan of the silo that hosts a rank.</summary>
    public static ExchangePlan Create(RankAssignment rank, ExchangeAssignment exchange, ParameterLayout layout, long firstStep) => Create(
        rank.RunId,
        rank.Attempt,
        exchange.Silos.ToList().FindIndex(silo => silo.Ranks.Contains(rank.Rank)),
        rank.Spec,
        exchange,
        layout,
        firstStep);

    /// <summary>The plan of the silo that has a shard.</summary>
    public static ExchangePlan Create(
        string runId, int attempt, int self, RunSpec spec, ExchangeAssignment exchange, ParameterLayout layout, long firstStep)
    {
        return new ExchangePlan
        {
            RunId = runId,
            Attempt = attempt,
            Silos = [.. exchange.Silos.Select(silo => new ExchangeSilo(
                new ExchangeEndpoint(silo.Endpoint.HostId, silo.Endpoint.Address, silo.Endpoint.Port, silo.Endpoint.Silo), silo.Ranks))],
            Self = self,
            Layout = layout,
            Optimizer = new OptimizerSettings(spec.Optimizer, spec.LearningRate, spec.OptimizerSettings),
            Mode = Mode(spec.Exchange),
            GradientWire = spec.GradientWireDtype switch
            {
                "float32" => GradientWireType.Float32,
                "bfloat16" => GradientWireType.BFloat16,
                _ => throw new ArgumentException($"gradient_wire_dtype: expected float32 or bfloat16; found '{spec.GradientWireDtype}'."),
            },
            Overlap = spec.Overlap switch
            {
                "auto" => OverlapMode.Auto,
                "on" => OverlapMode.On,
                "off" => OverlapMode.Off,
                _ => throw new ArgumentException($"overlap: expected auto, on or off; found '{spec.Overlap}'."),
            },
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

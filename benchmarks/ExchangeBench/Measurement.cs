using System.Security.Cryptography;
using System.Text.Json;
using OrleansTrain.Exchange;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Training;
using OrleansTrain.Training.Native;

namespace OrleansTrain.ExchangeBench;

/// <summary>Runs one measurement, each silo in a process of its own.</summary>
internal static class Measurement
{
    public static async Task<SiloResult> Run(BenchSettings settings)
    {
        var silos = Enumerable.Range(0, settings.Silos).Select(_ => new SiloProcess(settings)).ToList();
        try
        {
            var endpoints = await Task.WhenAll(silos.Select(silo => silo.Read<ExchangeEndpoint>()));
            var secret = RandomNumberGenerator.GetBytes(32);
            foreach (var (index, silo) in silos.Index())
            {
                silo.Write(new SiloAssignment(index, endpoints, secret));
            }

            var opened = await Task.WhenAll(silos.Select(silo => silo.Read<bool>()));
            silos.ForEach(silo => silo.Write(opened.All(yes => yes)));
            var results = await Task.WhenAll(silos.Select(silo => silo.Read<SiloResult>()));
            return results.MaxBy(result => result.Milliseconds)! with { MegabytesSent = results.Max(result => result.MegabytesSent) };
        }
        finally
        {
            silos.ForEach(silo => silo.Dispose());
        }
    }

    /// <summary>The child's side of it.</summary>
    public static async Task RunSilo()
    {
        TorchRuntime.Initialize();
        var settings = Read<BenchSettings>();
        await using var hub = new ExchangeHub(new ExchangeHubOptions());
        Write(hub.Endpoint);
        var assignment = Read<SiloAssignment>();
        var plan = Plan(settings, assignment);
        await using var opened = hub.Open(plan);
        Write(true);
        Read<bool>();
        var (milliseconds, statistics, sent) = await new Silo(settings, hub).Run(plan);
        Write(new SiloResult(
            milliseconds,
            statistics.Waiting.TotalMilliseconds / statistics.Steps,
            statistics.Updating.TotalMilliseconds / statistics.Steps,
            sent / 1e6 / statistics.Steps));
    }

    private static ExchangePlan Plan(BenchSettings settings, SiloAssignment assignment) => new()
    {
        RunId = "bench",
        Attempt = 1,
        Silos = [.. assignment.Endpoints.Select((endpoint, i) => new ExchangeSilo(endpoint, [.. Enumerable.Range(i * settings.Ranks, settings.Ranks)]))],
        Self = assignment.Self,
        Layout = BenchModel.Layout(settings.Model),
        Optimizer = new OptimizerSettings(settings.Optimizer, 0.01, settings.Optimizer == "sgd" ? new Dictionary<string, double> { ["momentum"] = 0.9 } : new Dictionary<string, double>()),
        Mode = settings.Mode,
        Secret = assignment.Secret,
    };

    private static T Read<T>() => JsonSerializer.Deserialize<T>(Console.ReadLine() ?? throw new InvalidOperationException("The parent has gone."))!;

    private static void Write<T>(T message) => Console.WriteLine(JsonSerializer.Serialize(message));
}

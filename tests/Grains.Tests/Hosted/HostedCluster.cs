using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Cluster;
using OrleansTrain.Grains.Tests.Embedded;
using OrleansTrain.Hosting;
using OrleansTrain.Tracking;

namespace OrleansTrain.Grains.Tests.Hosted;

/// <summary>Clusters of Orleans' TestingHost that run trainings, through the registration that silos use.</summary>
internal static class HostedCluster
{
    /// <summary>Silos with as many rank slots each.</summary>
    /// <param name="storing">Called with the name of each state, and awaited, before its write arrives.</param>
    /// <param name="stored">Called with the name of each state whose write has arrived; what it throws is the writer's answer.</param>
    public static async Task<InProcessTestCluster> Start(
        int silos,
        MnistRun mnist,
        Uri tracking,
        Action<ISiloBuilder>? configure = null,
        int slots = 1,
        Func<string, Task>? storing = null,
        Action<string>? stored = null)
    {
        var states = new ConcurrentDictionary<(string Name, GrainId Grain), SurvivingStorage.Entry>();
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo
                .UseSiloMetadata(new SiloOffer(slots, "cpu", SiloOffer.ThisVersion).ToMetadata())
                .UseInMemoryReminderService()
                .AddRuns(new SiloSettings { ObjectStores = mnist.ObjectStores, Tracking = new MlflowClientOptions { TrackingUri = tracking } });
            silo.Services.AddKeyedSingleton<IGrainStorage>(
                GrainStorageNames.State,
                (provider, _) => new SurvivingStorage(
                    states, provider.GetRequiredService<Serializer>(), storing ?? (_ => Task.CompletedTask), stored ?? (_ => { })));
            configure?.Invoke(silo);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    /// <summary>Trains to the end.</summary>
    /// <param name="observe">Told of each status, from the first to the last but one.</param>
    public static async Task<RunStatus> Train(InProcessTestCluster cluster, RunSpec spec, Func<RunStatus, Task>? observe = null)
    {
        var runId = await cluster.Client.GetGrain<IExperimentGrain>(spec.Experiment).Start(
            spec, new RunSource("tester", "tests", null, new Dictionary<string, string>()), Guid.NewGuid().ToString("N"));
        var run = cluster.Client.GetGrain<ITrainingGrain>(runId);
        var status = await run.GetStatus();
        while (!status.Phase.IsTerminal())
        {
            await (observe?.Invoke(status) ?? Task.CompletedTask);
            status = await run.WaitForChange(status.Version);
        }

        return status;
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using OrleansTrain.Grains;

namespace OrleansTrain.Hosting.Embedded;

/// <summary>A cluster without servers: membership in the first silo, state in a SQLite file, reminders in memory (the process is their life).</summary>
internal static class EmbeddedCluster
{
    public static ISiloBuilder UseEmbeddedCluster(this ISiloBuilder silo, SiloSettings settings)
    {
        var folder = settings.StateFolder
            ?? throw new InvalidOperationException("A silo without Redis needs a folder for its state.");
        // Here, where it is an error of the start: a grain would tell its caller that it cannot be created.
        SqliteGrainStorage.Prepare(folder);
        silo.Services.AddKeyedSingleton<IGrainStorage>(
            GrainStorageNames.State,
            (services, _) => new SqliteGrainStorage(folder, ActivatorUtilities.CreateInstance<OrleansGrainStorageSerializer>(services)));
        return silo
            .UseDevelopmentClustering(settings.PrimarySilo ?? new IPEndPoint(settings.AdvertisedAddress, settings.SiloPort))
            .UseInMemoryReminderService();
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansTrain.Data;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Sources;
using OrleansTrain.Grains.Data;
using OrleansTrain.Storage;

namespace OrleansTrain.DataBench;

/// <summary>A whole first epoch through the dataset grains of a fresh silo, down to the batches, which nobody trains on.</summary>
internal static class GrainReading
{
    /// <summary>Requests to the store that the grains have open at once.</summary>
    public static int ParallelGets(bool images)
    {
        var options = new DatasetOptions();
        return images ? options.ParallelLoads * options.ParallelGets : options.ParallelLoads;
    }

    /// <returns>
    /// Also the time to the first batch: where the data fits one shuffle window, as MNIST does, it needs records of all blocks, so by then all of them
    /// have been read and decoded.
    /// </returns>
    public static async Task<(long Records, double ListingSeconds, double FirstBatchSeconds, double Seconds)> Run(ObjectServer server, string uri)
    {
        var ports = FreePorts();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(ports[0], ports[1], new IPEndPoint(IPAddress.Loopback, ports[0]))
            .Services.AddSingleton<IObjectStores>(new ObjectStores(server.Options)).AddDatasetServices());
        using var host = builder.Build();
        await host.StartAsync();
        var pipeline = DataPipeline.Create().Inputs("image").Target("label").Normalise("image", 0.5, 0.5, 1 / 255.0);
        if (uri == BenchData.Images)
        {
            pipeline = pipeline.From(DataFormat.Images(BenchData.Label, channels: 1));
        }

        var start = Stopwatch.GetTimestamp();
        var options = new BatchSourceOptions { RunId = "bench", Rank = 0, WorldSize = 1, BatchSize = 64, Seed = 1, Epochs = 1 };
        var opened = await host.Services.GetRequiredService<BatchSourceFactory>().Open(uri, "train", pipeline, options);
        var listing = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        long records = 0;
        var first = 0.0;
        await using (opened.Source)
        {
            opened.Source.StartEpoch(0, 0);
            while (opened.Source.Next(default) is { } batch)
            {
                if (records == 0)
                {
                    first = Stopwatch.GetElapsedTime(start).TotalSeconds;
                }

                records += batch.Count;
                batch.Dispose();
            }
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await host.StopAsync();
        return (records, listing, first, seconds);
    }

    private static int[] FreePorts()
    {
        using TcpListener silo = new(IPAddress.Loopback, 0), gateway = new(IPAddress.Loopback, 0);
        silo.Start();
        gateway.Start();
        return [((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)gateway.LocalEndpoint).Port];
    }
}

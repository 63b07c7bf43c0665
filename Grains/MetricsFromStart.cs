using Microsoft.Extensions.Hosting;
using OrleansTrain.Grains.Data;
using OrleansTrain.Grains.Tracking;
using OrleansTrain.Grains.Trainers;

namespace OrleansTrain.Grains;

/// <summary>Makes the silo's instruments when it starts: a scraper sees zeros from the beginning, and not one metric now and another later.</summary>
#pragma warning disable CS9113 // Being asked for is what makes them.
internal sealed class MetricsFromStart(DatasetMetrics data, OutboxMetrics outboxes, SiloAttempts attempts) : IHostedService
#pragma warning restore CS9113
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

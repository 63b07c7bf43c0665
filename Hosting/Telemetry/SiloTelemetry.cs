using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OrleansTrain.Hosting.Telemetry;

/// <summary>Metrics for Prometheus, and metrics and traces over OTLP when OTEL_EXPORTER_OTLP_ENDPOINT is set.</summary>
public static class SiloTelemetry
{
    /// <summary>Name of our meter and of our activity source.</summary>
    public const string Name = "OrleansTrain";

    /// <summary>Adds the exporters. All settings are OpenTelemetry's own variables.</summary>
    public static IHostApplicationBuilder AddOrleansTrainTelemetry(this IHostApplicationBuilder builder, string instance)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("orleanstrain-silo", serviceInstanceId: instance))
            .WithMetrics(metrics => metrics
                .AddMeter(Name, "Microsoft.Orleans")
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter())
            .WithTracing(tracing => tracing
                .AddSource(Name, "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application")
                .AddHttpClientInstrumentation());
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 })
        {
            telemetry.UseOtlpExporter();
        }

        return builder;
    }
}

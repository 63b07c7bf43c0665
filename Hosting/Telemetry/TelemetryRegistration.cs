using System.Collections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrleansTrain.Ranks;

namespace OrleansTrain.Hosting.Telemetry;

/// <summary>Metrics for Prometheus, and metrics and traces over OTLP. All settings are OpenTelemetry's own variables.</summary>
public static class TelemetryRegistration
{
    private const string OtlpVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds exporters to a silo: OTLP when OTEL_EXPORTER_OTLP_ENDPOINT is set, Prometheus always.</summary>
    /// <param name="instance">Name of the silo.</param>
    public static IHostApplicationBuilder AddSiloTelemetry(this IHostApplicationBuilder builder, string instance)
    {
        var telemetry = builder.Services.AddOpenTelemetry().AddOurs("orleanstrain-silo", instance)
            .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddPrometheusExporter());
        return Export(builder, telemetry);
    }

    /// <summary>Adds exporters to a client, and to silos embedded in it, when OTEL_EXPORTER_OTLP_ENDPOINT is set; else nothing, for a quick start.</summary>
    public static IHostApplicationBuilder AddClientTelemetry(this IHostApplicationBuilder builder)
    {
        if (!IsExported)
        {
            return builder;
        }

        // OpenTelemetry reads its variables from the host's configuration, and a client's host has an empty one.
        builder.Configuration.AddInMemoryCollection(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value))
            .Where(variable => variable.Key.StartsWith("OTEL_", StringComparison.Ordinal)));
        return Export(builder, builder.Services.AddOpenTelemetry().AddOurs("orleanstrain-client", Environment.MachineName));
    }

    private static bool IsExported => Environment.GetEnvironmentVariable(OtlpVariable) is { Length: > 0 };

    private static OpenTelemetryBuilder AddOurs(this OpenTelemetryBuilder telemetry, string service, string instance) => telemetry
        .ConfigureResource(resource => resource.AddService(service, serviceInstanceId: instance))
        .WithMetrics(metrics => metrics.AddMeter(TrainingTelemetry.Name, "Microsoft.Orleans").AddRuntimeInstrumentation())
        .WithTracing(tracing => tracing
            .AddSource(TrainingTelemetry.Name, "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application")
            .AddHttpClientInstrumentation()
            .SetSampler(new ParentBasedSampler(new CommandSampler())));

    private static IHostApplicationBuilder Export(IHostApplicationBuilder builder, OpenTelemetryBuilder telemetry)
    {
        if (IsExported)
        {
            telemetry.UseOtlpExporter();
        }

        return builder;
    }
}

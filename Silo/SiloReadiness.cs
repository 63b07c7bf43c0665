using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansTrain.Silo;

/// <summary>Ready while the cluster counts this silo as active.</summary>
internal sealed class SiloReadiness(ISiloStatusOracle silo) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(silo.CurrentStatus == SiloStatus.Active
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"the silo is {silo.CurrentStatus}"));
}

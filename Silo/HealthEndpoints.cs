using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace OrleansTrain.Silo;

/// <summary>What an orchestrator asks. Live says that the process answers and nothing more: restarting a silo does not mend Redis.</summary>
internal static class HealthEndpoints
{
    public const string ReadyTag = "ready";

    public const string Prefix = "/health";

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks($"{Prefix}/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks($"{Prefix}/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyTag) });
    }
}

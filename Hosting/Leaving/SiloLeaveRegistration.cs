using Microsoft.Extensions.DependencyInjection;

namespace OrleansTrain.Hosting.Leaving;

/// <summary>Registers the graceful leave of a silo.</summary>
public static class SiloLeaveRegistration
{
    /// <summary>Call it after UseOrleans: hosted services stop in reverse order, and ranks are handed back by a silo that still works.</summary>
    public static IServiceCollection AddSiloLeave(this IServiceCollection services) => services.AddHostedService<SiloLeave>();
}

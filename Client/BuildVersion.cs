using System.Reflection;

namespace OrleansTrain.Client;

/// <summary>Versions of assemblies as their makers name them.</summary>
internal static class BuildVersion
{
    /// <summary>This program's.</summary>
    public static string Current { get; } = Of(typeof(BuildVersion).Assembly);

    /// <summary>The informational version without build metadata or remarks, for example <c>10.4.2</c>.</summary>
    public static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+', ' ')[0].TrimEnd('.')
        ?? assembly.GetName().Version?.ToString()
        ?? "unknown";
}

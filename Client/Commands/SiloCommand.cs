using System.CommandLine;
using OrleansTrain.Client.Errors;

namespace OrleansTrain.Client.Commands;

/// <summary><c>silo</c>: a program of its own, which the launcher starts; stands here so that help names it.</summary>
internal static class SiloCommand
{
    public static Command Create()
    {
        var command = new DocumentedCommand("silo", "Run a silo of the cluster.", "./orleanstrain silo --slots 2", "dotnet run --project Silo -- --slots 2")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(int (_) => throw new UsageException(
            "a silo is a program of its own: start it with './orleanstrain silo', or 'dotnet run --project Silo'"));
        return command;
    }
}

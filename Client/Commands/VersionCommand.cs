using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using OrleansTrain.Client.Errors;

namespace OrleansTrain.Client.Commands;

/// <summary><c>version</c>: which build this is, and what it is built on.</summary>
internal static class VersionCommand
{
    public static Command Create(ClientServices services)
    {
        var command = new DocumentedCommand("version", "Print the versions of this program and of what it is built on.", "orleanstrain version");
        command.SetAction(_ => Print(services));
        return command;
    }

    /// <summary><c>--version</c>, which many try first.</summary>
    public static Option<bool> Option(ClientServices services) => new("--version")
    {
        Description = "Print the versions.",
        Action = new PrintAction(services),
    };

    private static int Print(ClientServices services)
    {
        services.Terminal.WriteLine($"orleanstrain {BuildVersion.Current}");
        services.Terminal.WriteLine($".NET {Environment.Version} on {RuntimeInformation.RuntimeIdentifier}");
        services.Terminal.WriteLine($"Orleans {BuildVersion.Of(typeof(IGrain).Assembly)}");
        services.Terminal.WriteLine($"TorchSharp {BuildVersion.Of(typeof(TorchSharp.torch).Assembly)}");
        return ExitCodes.Success;
    }

    private sealed class PrintAction(ClientServices services) : SynchronousCommandLineAction
    {
        // "needs a command" is no answer to who asks for the version.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult) => Print(services);
    }
}

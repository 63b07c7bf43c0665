using System.CommandLine;
using System.CommandLine.Help;

namespace OrleansTrain.Client.Commands;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    /// <param name="arguments">The whole command line, which is kept with a run as its source.</param>
    public static Command Create(ClientServices services, IReadOnlyList<string> arguments)
    {
        // Not a RootCommand: that is named after the file that runs, which is none that a user types.
        var root = new DocumentedCommand(
            "orleanstrain",
            "Distributed training in C#: on this machine, or on the cluster that ORLEANSTRAIN_REDIS names.",
            "orleanstrain train mnist",
            "orleanstrain runs",
            "orleanstrain doctor")
        {
            new HelpOption(),
            VersionCommand.Option(services),
            CommonOptions.Verbose,
            CommonOptions.Quiet,
            new TrainCommand(services, arguments).Create(),
            new WatchCommand(services).Create(),
            new StatusCommand(services).Create(),
            new CancelCommand(services).Create(),
            new ResumeCommand(services).Create(),
            new RunsCommand(services).Create(),
            new ShowCommand(services).Create(),
            new TasksCommand(services).Create(),
            new ClusterCommand(services).Create(),
            SiloCommand.Create(),
            DataCommand.Create(services),
            new TrackingCommand(services).Create(),
            new DoctorCommand(services).Create(),
            VersionCommand.Create(services),
            CompletionCommand.Create(services),
        };
        root.Add(SuggestCommand.Create(services, root));
        ExampleHelp.AddTo(root);
        return root;
    }
}

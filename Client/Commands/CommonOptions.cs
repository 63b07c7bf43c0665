using System.CommandLine;

namespace OrleansTrain.Client.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Verbose { get; } = new("--verbose", "-v")
    {
        Description = "Say more on stderr: log lines, and stack traces of errors.",
        Recursive = true,
    };

    public static Option<bool> Quiet { get; } = new("--quiet", "-q")
    {
        Description = "Say nothing on stderr but errors.",
        Recursive = true,
    };

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the result as JSON, and nothing else, on stdout.",
    };

    public static Argument<string> RunId() => new("RUN_ID") { Description = "The run's ID, as 'runs' and 'train' show it." };
}

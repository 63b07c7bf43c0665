using System.CommandLine;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Hosting.Usage;

namespace OrleansTrain.Client.Commands;

/// <summary>The whole command line: parses, runs one command, and makes one line and an exit code of whatever goes wrong.</summary>
internal sealed class CommandLine(ClientServices services)
{
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var terminal = services.Terminal;
        try
        {
            var parse = CommandTree.Create(services, arguments).Parse(arguments);
            terminal.Verbosity = VerbosityOf(parse);
            if (parse.Errors.Count > 0)
            {
                throw new UsageException(ParseErrors.Describe(parse));
            }

            var streams = new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.ErrorOutput,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // signals are ours: see PosixInterrupts
            };
            return await parse.InvokeAsync(streams);
        }
        catch (Exception exception)
        {
            var report = ErrorReport.Of(exception);
            terminal.Error(report.Line, exception);
            return report.ExitCode;
        }
    }

    private static Verbosity VerbosityOf(ParseResult parse) =>
        (parse.GetValue(CommonOptions.Quiet), parse.GetValue(CommonOptions.Verbose)) switch
        {
            (true, true) => throw new UsageException("--quiet and --verbose exclude each other"),
            (true, false) => Verbosity.Quiet,
            (false, true) => Verbosity.Verbose,
            _ => Verbosity.Normal,
        };
}

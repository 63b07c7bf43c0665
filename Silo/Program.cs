using System.CommandLine;
using OrleansTrain.Hosting.Logging;
using OrleansTrain.Silo;

try
{
    return await SiloCommand.Create(SiloHost.Run).Parse(args).InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        // Signals are the host's: System.CommandLine would end the process two seconds after SIGTERM, in the middle of handing ranks over.
        ProcessTerminationTimeout = null,
    });
}
#pragma warning disable CA1031 // The end of the process: whatever it is, it is said in one line.
catch (Exception error)
#pragma warning restore CA1031
{
    var failure = StartFailure.Of(error);
    var text = args.Contains("--verbose") || args.Contains("-v") ? $"error: {failure.Line}\n{error}" : $"error: {failure.Line}";
    await Console.Error.WriteLineAsync(new Redactor(Environment.GetEnvironmentVariable).Clean(text));
    return failure.ExitCode;
}

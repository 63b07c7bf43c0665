using System.CommandLine;
using OrleansTrain.Hosting.Logging;
using OrleansTrain.Hosting.Usage;
using OrleansTrain.Silo;

try
{
    var parse = SiloCommand.Create(SiloHost.Run).Parse([SiloCommand.Name, .. args]);
    if (parse.Errors.Count > 0)
    {
        throw new SiloOptionsException(ParseErrors.Describe(parse));
    }

    return await parse.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        // Signals are the host's: this one would end the process 2 seconds after SIGTERM, while ranks are still being handed back.
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

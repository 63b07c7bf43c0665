using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace OrleansTrain.Hosting.Logging;

/// <summary>Logs to stderr, without the secrets that the environment holds.</summary>
public static class LoggingRegistration
{
    /// <summary>For a silo: what it does when verbose; else its own messages, and Orleans' errors while it is up (what fails a start is its exception).</summary>
    public static ILoggingBuilder AddSiloLogging(this ILoggingBuilder logging, bool verbose, Func<bool> isUp)
    {
        logging.ClearProviders().AddLines(verbose);
        return verbose
            ? logging
            : logging.SetMinimumLevel(LogLevel.Warning)
                .AddFilter("Orleans", level => level >= LogLevel.Error && isUp())
                .AddFilter("OrleansTrain", LogLevel.Information)
                .AddFilter("Polly", LogLevel.None)
                .AddFilter("Microsoft.Hosting", LogLevel.Error)
                .AddFilter("Microsoft.Extensions.Hosting", level => level >= LogLevel.Error && isUp());
    }

    /// <summary>For a client and for silos embedded in one: nothing unless verbose, since what a user should see is said by the client.</summary>
    public static ILoggingBuilder AddClientLogging(this ILoggingBuilder logging, bool verbose) => verbose
        ? logging.AddLines(withStacks: true)
        : logging.SetMinimumLevel(LogLevel.None);

    private static ILoggingBuilder AddLines(this ILoggingBuilder logging, bool withStacks)
    {
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.Services.TryAddSingleton(new Redactor(Environment.GetEnvironmentVariable));
        return logging
            .AddConsole(console =>
            {
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                console.FormatterName = LineFormatter.FormatterName;
            })
            .AddConsoleFormatter<LineFormatter, LineFormatterOptions>(options => options.WithStacks = withStacks);
    }
}

using Microsoft.Extensions.Logging.Console;

namespace OrleansTrain.Hosting.Logging;

/// <summary>How much a log line says.</summary>
internal sealed class LineFormatterOptions : ConsoleFormatterOptions
{
    /// <summary>Exceptions with their stacks, on lines of their own.</summary>
    public bool WithStacks { get; set; }
}

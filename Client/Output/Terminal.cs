using OrleansTrain.Hosting.Logging;
using Spectre.Console;

namespace OrleansTrain.Client.Output;

/// <summary>
/// The two streams of the command line: results on stdout, all else on stderr. Text written by <see cref="WriteLine"/>, <see cref="Note"/>
/// and <see cref="Error"/> is cleaned of secrets; what is rendered by the consoles has to be cleaned by its maker.
/// </summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal, Redactor redactor)
{
    // Piped tables keep long lines in one piece.
    private const int PipedWidth = 200;

    private IAnsiConsole? _outputConsole;
    private IAnsiConsole? _errorConsole;

    public TextWriter Output => output;

    public TextWriter ErrorOutput => error;

    public bool ErrorIsTerminal => errorIsTerminal;

    public Verbosity Verbosity { get; set; } = Verbosity.Normal;

    public Redactor Redactor => redactor;

    /// <summary>For tables and charts on stdout. Made on first use: a start that shows none does not pay for it.</summary>
    public IAnsiConsole OutputConsole => _outputConsole ??= CreateConsole(output, outputIsTerminal);

    /// <summary>For live progress on stderr.</summary>
    public IAnsiConsole ErrorConsole => _errorConsole ??= CreateConsole(error, errorIsTerminal);

    /// <summary>A line of the result.</summary>
    public void WriteLine(string line) => output.WriteLine(redactor.Clean(line));

    /// <summary>A line of progress; not shown when quiet.</summary>
    public void Note(string line)
    {
        if (Verbosity != Verbosity.Quiet)
        {
            error.WriteLine(redactor.Clean(line));
        }
    }

    /// <summary>The one line that says why a command failed; with details only when verbose.</summary>
    public void Error(string line, Exception? details = null)
    {
        error.WriteLine(redactor.Clean($"error: {OneLine.Of(line)}"));
        if (details is not null && Verbosity == Verbosity.Verbose)
        {
            error.WriteLine(redactor.Clean(details.ToString()));
        }
    }

    private static IAnsiConsole CreateConsole(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = PipedWidth;
        }

        return console;
    }
}

using OrleansTrain.Client.Output;

namespace OrleansTrain.Client.Runs;

/// <summary>Chooses how a run is shown.</summary>
internal static class RunDisplays
{
    public static IRunDisplay For(Terminal terminal, TimeProvider time) =>
        terminal.ErrorIsTerminal && terminal.Verbosity == Verbosity.Normal
            ? new LiveRunDisplay(terminal, time)
            : new PlainRunDisplay(terminal, time);
}

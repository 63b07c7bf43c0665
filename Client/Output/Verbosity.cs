namespace OrleansTrain.Client.Output;

/// <summary>How much is said on stderr.</summary>
internal enum Verbosity
{
    /// <summary>Errors only.</summary>
    Quiet,

    /// <summary>Progress and warnings.</summary>
    Normal,

    /// <summary>Also log lines, and stack traces of errors.</summary>
    Verbose,
}

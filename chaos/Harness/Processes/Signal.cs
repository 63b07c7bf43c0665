namespace OrleansTrain.Harness.Processes;

/// <summary>Signals of Linux that the harness sends.</summary>
public enum Signal
{
    /// <summary>The process is gone at once.</summary>
    Kill = 9,

    /// <summary>Asks it to leave.</summary>
    Terminate = 15,

    /// <summary>Goes on.</summary>
    Continue = 18,

    /// <summary>Freezes it: it holds its connections and answers nothing.</summary>
    Stop = 19,

    /// <summary>Ctrl-C.</summary>
    Interrupt = 2,
}

using OrleansTrain.Storage;

namespace OrleansTrain.Grains.Runs;

/// <summary>Reads exceptions that the state machine of a run did not cause on purpose.</summary>
internal static class Surprises
{
    private const int LongestLine = 300;

    /// <summary>
    /// The error is of a kind that code throws at itself, or a refusal that stands until somebody changes something, so waiting will not mend it; not one
    /// of connections, servers or silos that come back.
    /// </summary>
    public static bool IsMistake(Exception error) => IsRefusal(error) || error
        is (ArgumentException or InvalidOperationException or NullReferenceException or InvalidCastException or NotSupportedException
            or FormatException or ArithmeticException or IndexOutOfRangeException or KeyNotFoundException or InvalidDataException)
        and not ObjectDisposedException;

    /// <summary>A store says no, and will until somebody changes something there: no such bucket, no right, no such name.</summary>
    public static bool IsRefusal(Exception error) => error
        is ObjectStoreException { Error: ObjectStoreError.NotFound or ObjectStoreError.AccessDenied or ObjectStoreError.InvalidName };

    /// <summary>The failure of an attempt that a mistake has ended.</summary>
    /// <param name="hasTrained">Whether the run has taken steps. A store that refuses a run from its start is a wrong spec, and not asked again.</param>
    public static AttemptFailedException Failure(Exception error, bool hasTrained) =>
        IsRefusal(error)
            ? new AttemptFailedException(FirstLine(error), null, [], error) { IsFinal = !hasTrained }
            : new AttemptFailedException($"unexpected {error.GetType().Name}: {FirstLine(error)}", null, [], error);

    /// <summary>The message without what Orleans and others put after it: inner exceptions and where they were thrown.</summary>
    public static string FirstLine(Exception error)
    {
        var line = error.Message.ReplaceLineEndings("\n").Split('\n', 2)[0].Trim();
        var stack = line.IndexOf(" ---> ", StringComparison.Ordinal);
        line = stack > 0 ? line[..stack] : line;
        return line.Length <= LongestLine ? line : line[..LongestLine] + "…";
    }
}

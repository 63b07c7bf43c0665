namespace OrleansTrain.Client.Doctor;

/// <summary>What a check found.</summary>
/// <param name="Subject">What was looked at: <c>redis</c>.</param>
/// <param name="Text">One line: what is there, or what is wrong.</param>
/// <param name="Mend">One line: what to do; null when nothing has to be done.</param>
internal sealed record Finding(FindingLevel Level, string Subject, string Text, string? Mend = null)
{
    public static Finding Good(string subject, string text) => new(FindingLevel.Good, subject, text);

    /// <summary>Works, but not as well as it could.</summary>
    public static Finding Doubt(string subject, string text, string mend) => new(FindingLevel.Doubt, subject, text, mend);

    /// <summary>Does not work.</summary>
    public static Finding Bad(string subject, string text, string mend) => new(FindingLevel.Bad, subject, text, mend);
}

/// <summary>How bad a finding is.</summary>
internal enum FindingLevel
{
    Good,
    Doubt,
    Bad,
}

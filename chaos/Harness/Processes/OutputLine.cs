namespace OrleansTrain.Harness.Processes;

/// <summary>A line that a process printed.</summary>
/// <param name="At">When it arrived here.</param>
/// <param name="Text">Without its end.</param>
/// <param name="IsError">From standard error.</param>
public sealed record OutputLine(DateTimeOffset At, string Text, bool IsError);

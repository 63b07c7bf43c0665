using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>An attempt of a run has come to an end that the run may survive.</summary>
/// <param name="message">One line for the user.</param>
/// <param name="failure">What a rank reported, if one did.</param>
/// <param name="suspects">Silos that are probably gone: the next attempt avoids them for a while.</param>
internal sealed class AttemptFailedException(string message, RankFailure? failure, IReadOnlyList<string> suspects, Exception? inner = null)
    : Exception(message, inner)
{
    public RankFailure? Failure { get; } = failure;

    public IReadOnlyList<string> Suspects { get; } = suspects;

    /// <summary>Trying again cannot help: the spec or the task is at fault.</summary>
    public bool IsFinal { get; init; }
}

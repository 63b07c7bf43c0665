using System.Diagnostics;

namespace OrleansTrain.Harness;

/// <summary>Waiting for what another process does: a condition, and how long it may take.</summary>
public static class Deadline
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is true.</summary>
    /// <param name="what">What is waited for, for the message.</param>
    /// <exception cref="TimeoutException">It did not become true in time.</exception>
    public static async Task Until(Func<Task<bool>> condition, string what, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"{what}: not so after {limit.TotalSeconds:F0} s");
            }

            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="Until(Func{Task{bool}}, string, TimeSpan)"/>
    public static Task Until(Func<bool> condition, string what, TimeSpan limit) => Until(() => Task.FromResult(condition()), what, limit);
}

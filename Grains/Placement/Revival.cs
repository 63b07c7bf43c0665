using Microsoft.Extensions.Logging;

namespace OrleansTrain.Grains.Placement;

/// <summary>Gives what <see cref="PinnedObjects{T}"/> keeps an activation again at once: to be asked, and to end itself should nobody want it any more.</summary>
internal static partial class Revival
{
    /// <summary>Returns at once; the grain's silo works on it.</summary>
    /// <param name="touch">Any call of the grain that changes nothing.</param>
    public static void Begin<T>(string key, Func<Task<T>> touch, ILogger logger) => _ = Task.Run(async () =>
    {
        try
        {
            await SiloLoss.Outlast(touch);
        }
#pragma warning disable CA1031 // Whatever it is: the run's own calls will reach the grain once they can.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotRevived(logger, error, key);
        }
    });

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Key} goes on, but has no activation that could be asked for it")]
    private static partial void LogNotRevived(ILogger logger, Exception error, string key);
}

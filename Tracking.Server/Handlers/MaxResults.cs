using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

internal static class MaxResults
{
    /// <exception cref="MlflowError">Less than one, or more than <paramref name="most"/>.</exception>
    public static long Check(long value, long most) => value switch
    {
        < 1 => throw MlflowError.InvalidParameter($"Invalid value {value} for parameter 'max_results' supplied. It must be a positive integer"),
        _ when value > most => throw MlflowError.InvalidParameter(
            $"Invalid value {value} for parameter 'max_results' supplied. It must be at most {most}"),
        _ => value,
    };
}

namespace OrleansTrain.Tracking.Server.Database;

internal static class Clock
{
    public static long NowMilliseconds() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}

using System.Globalization;

namespace OrleansTrain.Client.Doctor;

/// <summary>How far a server's clock is from ours. S3 refuses signatures that are 15 minutes off; heartbeats and logs suffer earlier.</summary>
internal static class ClockSkew
{
    private static readonly TimeSpan Harmless = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Refused = TimeSpan.FromMinutes(15);

    /// <param name="asked">When the question was sent, <paramref name="answered"/> when the answer was there; the server's time lies between.</param>
    /// <returns>A finding, or null when the clocks agree.</returns>
    public static Finding? Judge(string subject, DateTimeOffset server, DateTimeOffset asked, DateTimeOffset answered)
    {
        var skew = server < asked ? server - asked : server > answered ? server - answered : TimeSpan.Zero;
        if (skew.Duration() <= Harmless)
        {
            return null;
        }

        var text = string.Create(
            CultureInfo.InvariantCulture, $"its clock is {skew.Duration().TotalSeconds:0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} this machine's");
        const string mend = "set the time on both, by NTP (timedatectl set-ntp true)";
        return skew.Duration() >= Refused ? Finding.Bad(subject, text, mend) : Finding.Doubt(subject, text, mend);
    }
}

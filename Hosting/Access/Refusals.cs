using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;

namespace OrleansTrain.Hosting.Access;

/// <summary>Who was not let in, and who did not let us in. Thread-safe.</summary>
internal sealed partial class Refusals(TimeProvider time, ILogger<Refusals> logger) : IDisposable
{
    // One line a minute for each address: who hammers at the door must not fill the log.
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private const int MostAddresses = 1024;

    // A silo that is just going may hang up without a word; connections are tried a second apart.
    private const int MostSilences = 3;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _said = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _final = new();
    private int _silences;

    /// <summary>Fires when a silo of this cluster has turned this process away for good, or several times without a word (which TLS on one end alone looks like).</summary>
    public CancellationToken Final => _final.Token;

    /// <summary>The newest refusal of this process, for whoever explains why there is no connection.</summary>
    public ClusterRefusedException? Newest { get; private set; }

    /// <summary>A silo has not let this process in.</summary>
    /// <param name="status">What it said; null: nothing.</param>
    public ClusterRefusedException Refused(EndPoint? silo, GreetingStatus? status, string why)
    {
        var refusal = new ClusterRefusedException($"The silo at {silo} refuses this process: {why}{(why.EndsWith('?') ? "" : ".")}");
        if (status is not GreetingStatus.OtherCluster)
        {
            Newest = refusal;
        }

        var isFinal = status is null ? Interlocked.Increment(ref _silences) >= MostSilences : status != GreetingStatus.OtherCluster;
        if (isFinal)
        {
            _final.Cancel();
        }

        return refusal;
    }

    /// <summary>This silo has not let somebody in.</summary>
    public void Refuse(EndPoint? other, string why)
    {
        var address = (other as IPEndPoint)?.Address.ToString() ?? "";
        var now = time.GetUtcNow();
        if (_said.Count >= MostAddresses)
        {
            _said.Clear();
        }

        if (!_said.TryGetValue(address, out var last) || now - last > Quiet)
        {
            _said[address] = now;
            LogRefused(other, why);
        }
    }

    public void Dispose() => _final.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a connection from {Other}: {Why}")]
    private partial void LogRefused(EndPoint? other, string why);
}

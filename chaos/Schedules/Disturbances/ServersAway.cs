using OrleansTrain.Harness.Cluster;
using OrleansTrain.Harness.Proxy;

namespace OrleansTrain.Schedules.Disturbances;

/// <summary>A server behind its proxy does something wrong for a while.</summary>
/// <param name="Server">Which one.</param>
/// <param name="Fault">What it does.</param>
/// <param name="Pause">How long.</param>
internal sealed record ServerFault(TimeSpan At, Server Server, ProxyFault Fault, TimeSpan Pause)
    : Disturbance(FormattableString.Invariant($"{Server} {Fault} for {Pause.TotalSeconds:F1} s"), At)
{
    public override async Task Apply(RealCluster cluster, AttendedRun run)
    {
        var proxy = Server switch
        {
            Server.Redis => cluster.RedisProxy,
            Server.S3 => cluster.S3Proxy,
            _ => cluster.TrackingProxy,
        };
        proxy.Fault = Fault;
        await Task.Delay(Pause);
        proxy.Fault = ProxyFault.None;
    }
}

/// <summary>The server's process is killed and started again.</summary>
/// <param name="Server">Which one.</param>
/// <param name="Pause">How long it is away.</param>
internal sealed record RestartServer(TimeSpan At, Server Server, TimeSpan Pause) : Disturbance($"kill and restart {Server}", At)
{
    public override async Task Apply(RealCluster cluster, AttendedRun run)
    {
        switch (Server)
        {
            case Server.Redis:
                await cluster.Redis.Stop();
                await Task.Delay(Pause);
                await cluster.Redis.Start();
                break;
            case Server.S3:
                await cluster.S3.Stop();
                await Task.Delay(Pause);
                await cluster.S3.Start();
                break;
            default:
                await cluster.Tracking.Stop();
                await Task.Delay(Pause);
                await cluster.Tracking.Start();
                break;
        }
    }
}

/// <summary>The client is killed; another one watches the run.</summary>
internal sealed record KillClient(TimeSpan At) : Disturbance("kill the client", At)
{
    public override Task Apply(RealCluster cluster, AttendedRun run) => run.ReplaceClient();
}

/// <summary>Servers that a run depends on.</summary>
internal enum Server
{
    Redis,
    S3,
    Tracking,
}

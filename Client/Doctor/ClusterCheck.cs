using OrleansTrain.Client.Sessions;
using OrleansTrain.Grains.Abstractions.Cluster;

namespace OrleansTrain.Client.Doctor;

/// <summary>The silos of the configured cluster: that there are some, with slots, of this version.</summary>
internal sealed class ClusterCheck(ISessions sessions, string version) : IDoctorCheck
{
    public string Subject => "cluster";

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (!sessions.HasCluster)
        {
            return [Finding.Good(Subject, "embedded in each client that trains")];
        }

        try
        {
            await using var session = await sessions.AttachAsync(runId: null, new SessionOptions(), cancellationToken);
            return session is null
                ? [NoSilo()]
                : [.. Judge(await session.Grains.GetGrain<IClusterGrain>(IClusterGrain.Key).GetCluster().WaitAsync(cancellationToken))];
        }
        catch (OrleansException)
        {
            return [NoSilo()];
        }
    }

    internal IEnumerable<Finding> Judge(ClusterView cluster)
    {
        if (cluster.Silos.Count == 0)
        {
            yield return NoSilo();
            yield break;
        }

        var (slots, used) = (cluster.Silos.Sum(silo => silo.Slots), cluster.Silos.Sum(silo => silo.Ranks.Count));
        yield return Finding.Good(Subject, $"{cluster.Silos.Count} silos, {used} of {slots} slots used");
        foreach (var other in cluster.Silos.Where(silo => silo.Version != version))
        {
            yield return Finding.Doubt(Subject, $"silo {other.Name} runs version {other.Version}, this client {version}", "run one version everywhere");
        }
    }

    private Finding NoSilo() => Finding.Bad(Subject, "no silo answers", "start some with 'orleanstrain silo', with the same ORLEANSTRAIN_REDIS");
}

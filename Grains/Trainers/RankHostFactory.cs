using OrleansTrain.Exchange;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Data;
using OrleansTrain.Storage;
using OrleansTrain.Tasks;

namespace OrleansTrain.Grains.Trainers;

/// <summary>Makes rank hosts with the services of the silo.</summary>
internal sealed class RankHostFactory(
    IGrainFactory grains, TaskRegistry tasks, BatchSourceFactory sources, IExchangeHub hub, SiloAttempts attempts, IObjectStores stores, TimeProvider time)
{
    public RankHost Create(RankAssignment assignment)
    {
        // Called by the rank's thread, outside of any grain: the silo's own client carries it. Losing one costs half a second.
        var run = grains.GetGrain<ITrainingGrain>(assignment.RunId);
        return new RankHost(assignment, tasks, sources, hub, attempts, stores, time, () => run.Nudge(assignment.Attempt, assignment.Rank).Ignore());
    }
}

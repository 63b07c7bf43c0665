using OrleansTrain.Exchange;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Data;
using OrleansTrain.Storage;
using OrleansTrain.Tasks;

namespace OrleansTrain.Grains.Trainers;

/// <summary>Makes rank hosts with the services of the silo.</summary>
internal sealed class RankHostFactory(
    TaskRegistry tasks, BatchSourceFactory sources, IExchangeHub hub, SiloAttempts attempts, IObjectStores stores, TimeProvider time)
{
    /// <param name="nudge">Wakes a run: (run ID, attempt, rank).</param>
    public RankHost Create(RankAssignment assignment, Action<string, int, int> nudge) =>
        new(assignment, tasks, sources, hub, attempts, stores, time, () => nudge(assignment.RunId, assignment.Attempt, assignment.Rank));
}

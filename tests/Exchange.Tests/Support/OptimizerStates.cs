using System.Runtime.InteropServices;
using OrleansTrain.Training;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Tests.Support;

/// <summary>What a checkpoint takes from the silos of a cluster and gives to those of another.</summary>
internal static class OptimizerStates
{
    /// <summary>An optimizer with all the state it can have.</summary>
    public static OptimizerSettings Settings(string name)
    {
        var values = OptimizerCatalog.Defaults(name).Where(pair => pair.Key is "momentum" or "amsgrad" or "centered").ToDictionary(
            pair => pair.Key, pair => pair.Key == "momentum" ? 0.9 : 1);
        return new OptimizerSettings(name, 0.1, values);
    }

    /// <summary>The state arrays by name, put together from all shards.</summary>
    public static SortedDictionary<string, float[]> Of(Cluster cluster)
    {
        var state = new SortedDictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var name in cluster.Sessions[0].Shard.Names)
        {
            var values = state[name] = new float[cluster.Layout.Length];
            foreach (var session in cluster.Sessions)
            {
                session.Shard.Read(name, 0, values.AsSpan((int)session.Shard.Start, (int)session.Shard.Length));
            }
        }

        return state;
    }

    /// <summary>Puts parameters, state and step count of one cluster into another that has not shared its parameters yet.</summary>
    public static void Restore(Cluster from, Cluster to)
    {
        foreach (var silo in to.Sessions)
        {
            from.Parameters(0).CopyTo(MemoryMarshal.Cast<byte, float>(silo.Parameters.bytes));
        }

        foreach (var (name, values) in Of(from))
        {
            foreach (var session in to.Sessions)
            {
                session.Shard.Write(name, 0, values.AsSpan((int)session.Shard.Start, (int)session.Shard.Length));
            }
        }

        to.Sessions.ForEach(session => session.Shard.SetOptimizerSteps(from.Sessions[0].Shard.OptimizerSteps));
    }
}

using static TorchSharp.torch;

namespace OrleansTrain.Training.Replicas;

/// <summary>What of a rank is not in the flat parameter buffer: its random states and its model's buffers.</summary>
internal static class ReplicaState
{
    /// <summary>State of the rank's own generator.</summary>
    public const string RankRandomName = "random.rank";

    /// <summary>The rank's state of libtorch's process-wide generator; only of a model that draws from it.</summary>
    public const string GlobalRandomName = "random.global";

    /// <summary>Comes before the name of a buffer of the model.</summary>
    public const string BufferPrefix = "buffer.";

    public static IReadOnlyList<(string Name, Tensor Value)> Capture(ModelReplica replica, GlobalDraws globalDraws)
    {
        var state = new List<(string, Tensor)> { (RankRandomName, replica.Context.Random.GetState().DetachFromDisposeScope()) };
        if (globalDraws.State is { } global)
        {
            state.Add((GlobalRandomName, global.clone().DetachFromDisposeScope()));
        }

        using var noGrad = no_grad();
        foreach (var (name, buffer) in replica.Model.named_buffers())
        {
            using var scope = NewDisposeScope();
            state.Add((BufferPrefix + name, buffer.detach().cpu().contiguous().clone().DetachFromDisposeScope()));
        }

        return state;
    }

    public static void Restore(ModelReplica replica, GlobalDraws globalDraws, IReadOnlyDictionary<string, Tensor> state)
    {
        if (!state.TryGetValue(RankRandomName, out var random))
        {
            throw new InvalidDataException($"State of rank {replica.Context.Rank}: '{RankRandomName}' is missing.");
        }

        replica.Context.Random.SetState(random);
        globalDraws.Restore(state.GetValueOrDefault(GlobalRandomName));
        RestoreBuffers(replica.Model, name => state.GetValueOrDefault(BufferPrefix + name), $"State of rank {replica.Context.Rank}");
    }

    /// <summary>Fills the buffers of a model.</summary>
    /// <param name="find">The value of a buffer by its name in the model, or null.</param>
    /// <param name="what">Whose values they are, for messages.</param>
    public static void RestoreBuffers(nn.Module model, Func<string, Tensor?> find, string what)
    {
        using var noGrad = no_grad();
        foreach (var (name, buffer) in model.named_buffers())
        {
            var value = find(name) ?? throw new InvalidDataException($"{what}: the model's buffer '{name}' is missing.");
            if (value.dtype != buffer.dtype || !value.shape.AsSpan().SequenceEqual(buffer.shape))
            {
                throw new InvalidDataException(
                    $"{what}: expected buffer '{name}' as {buffer.dtype} [{string.Join(", ", buffer.shape)}], "
                    + $"found {value.dtype} [{string.Join(", ", value.shape)}].");
            }

            buffer.copy_(value);
        }
    }
}

using static TorchSharp.torch;

namespace OrleansTrain.Training.Native;

/// <summary>
/// Order among the users of libtorch's default CPU generator, of which a process has one: who seeds or draws from it holds
/// <see cref="Lock"/> meanwhile. Only code of tasks draws from it (initial weights, <c>nn.Dropout</c>); ours uses generators of its own.
/// </summary>
internal static class GlobalGenerator
{
    /// <summary>Held by whoever uses the generator.</summary>
    public static Lock Lock { get; } = new();

    /// <summary>Starts its stream anew.</summary>
    public static void Seed(long seed)
    {
        using var _ = random.manual_seed(seed);
    }

    /// <summary>Its state, to compare or to come back to. The caller disposes it.</summary>
    public static Tensor GetState()
    {
        using var generator = Generator.Default;
        return generator.get_state();
    }

    /// <summary>Continues from a state that <see cref="GetState"/> gave.</summary>
    /// <exception cref="InvalidDataException">It is no such state.</exception>
    public static void SetState(Tensor state)
    {
        GeneratorState.Check(state);
        using var generator = Generator.Default;
        generator.set_state(state);
    }
}

using OrleansTrain.Training;
using OrleansTrain.Training.Native;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// Room for one rank's gradients, for as long as the session lasts, where no other process reads them. Given and taken back with every step among
/// tensors of all sizes, the large ones would find new places in the C heap now and then, and a silo would grow by one after the other.
/// </summary>
internal sealed class GradientRoom : IDisposable
{
    // What is smaller finds its place in any gap.
    private const long Smallest = 64 * 1024;

    private readonly HostBuffer _memory;

    private GradientRoom(IReadOnlyList<long> sizes)
    {
        _memory = new HostBuffer(sizes.Sum(TensorArena.PaddedSize));
        Arena = new TensorArena(_memory.Address, sizes);
    }

    /// <summary>Entered by the rank's thread while it computes.</summary>
    public TensorArena Arena { get; }

    /// <summary>Room for a gradient of each large parameter; null when there is none, or libtorch cannot be given memory.</summary>
    public static GradientRoom? Create(ParameterLayout layout)
    {
        var sizes = layout.Slots.Select(slot => slot.Length * sizeof(float)).Where(bytes => bytes >= Smallest).ToList();
        return sizes.Count > 0 && TensorArena.IsSupported ? new GradientRoom(sizes) : null;
    }

    /// <summary>No gradient is put here any more; the memory goes with the last one, which may outlive the session.</summary>
    public void Dispose() => _ = Arena.Retire().ContinueWith(_ => _memory.Dispose(), TaskScheduler.Default);
}

namespace OrleansTrain.Training;

/// <summary>
/// Where each parameter of a model lies in the flat parameter buffer: float32, in the order of <c>named_parameters()</c>,
/// each start on a 64-byte boundary because BLAS results may depend on alignment. Immutable.
/// </summary>
public sealed class ParameterLayout
{
    /// <summary>Alignment of a parameter's start, in elements: 64 bytes of float32.</summary>
    public const int Alignment = 16;

    private ParameterLayout(IReadOnlyList<ParameterSlot> slots, long length) => (Slots, Length) = (slots, length);

    /// <summary>The parameters in model order.</summary>
    public IReadOnlyList<ParameterSlot> Slots { get; }

    /// <summary>Length of the flat buffer in elements, padding included; a multiple of <see cref="Alignment"/>.</summary>
    public long Length { get; }

    /// <summary>Number of parameters proper, without padding.</summary>
    public long ParameterCount => Slots.Sum(slot => slot.Length);

    /// <summary>Lays parameters out one behind the other.</summary>
    /// <exception cref="ArgumentException">A name occurs twice, or there is no parameter at all.</exception>
    public static ParameterLayout Create(IEnumerable<(string Name, long[] Shape)> parameters)
    {
        var slots = new List<ParameterSlot>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        long offset = 0;
        foreach (var (name, shape) in parameters)
        {
            if (!names.Add(name))
            {
                throw new ArgumentException($"Two parameters of the model are named '{name}': give each its own name.", nameof(parameters));
            }

            var length = shape.Aggregate(1L, (product, dimension) => checked(product * dimension));
            slots.Add(new ParameterSlot(name, shape, offset, length));
            offset += (length + Alignment - 1) / Alignment * Alignment;
        }

        return slots.Count > 0
            ? new ParameterLayout(slots, offset)
            : throw new ArgumentException("The model has no parameters to train.", nameof(parameters));
    }
}

using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Training;
using OrleansTrain.Training.Native;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>
/// Where things are in the memory that the silos of one host share: a page of its own for the greeting, a line of control words for each silo,
/// counters, an inbox for each ordered pair of silos, the parameters, the optimizer's state where silos share the update, and room for gradients that autograd writes where the other silos read them.
/// Follows from the plan: the same in all of them. Offsets in bytes.
/// </summary>
internal sealed class SegmentLayout
{
    private const int Line = 128;

    private const int Greeting = 4096;

    /// <summary>Below, copying is cheaper than asking whose turn it is.</summary>
    private const int SmallestGradient = 16 * 1024;

    private readonly SessionShape _shape;
    private readonly long[,] _inboxes;
    private readonly long[,] _counters;
    private readonly long[] _lent;
    private readonly long[][] _gradients;
    private readonly int _members;

    /// <param name="shape">The session.</param>
    /// <param name="members">Indices of the silos that share the memory.</param>
    /// <param name="stateArrays">Arrays that the optimizer's state has.</param>
    public SegmentLayout(SessionShape shape, IReadOnlyList<int> members, int stateArrays)
    {
        _shape = shape;
        _members = members.Count;
        Members = members;
        (_inboxes, _counters) = (new long[_members, _members], new long[_members, _members]);
        var next = (long)Greeting + (Line * (_members + (_members * _members)));
        for (var owner = 0; owner < _members; owner++)
        {
            for (var sender = 0; sender < _members; sender++)
            {
                _counters[owner, sender] = next;
                next = Aligned(next + (sizeof(long) * (shape.Shards.Chunks(members[owner]) + 1)), Line);
            }
        }

        _lent = new long[_members];
        for (var lender = 0; lender < _members; lender++)
        {
            _lent[lender] = next;
            next = Aligned(next + (sizeof(long) * shape.Covers[members[lender]].Count * shape.Plan.Layout.Slots.Count), Line);
        }

        for (var owner = 0; owner < _members; owner++)
        {
            for (var sender = 0; sender < _members; sender++)
            {
                var nodes = sender == owner ? 0 : shape.Covers[members[sender]].Count;
                _inboxes[owner, sender] = next;
                next = Aligned(next + (nodes * shape.Shards[members[owner]].Length * sizeof(float)), Line);
            }
        }

        Parameters = Aligned(next, Environment.SystemPageSize);
        OptimizerState = Aligned(Parameters + (shape.Shards.Length * sizeof(float)), Environment.SystemPageSize);
        SizeWithoutGradients = Aligned(
            OptimizerState + (shape.SharesUpdate ? stateArrays * shape.Shards.Length * sizeof(float) : 0), Environment.SystemPageSize);
        next = SizeWithoutGradients;
        GradientSizes = [.. members.Select(LendableSizes)];
        _gradients = new long[_members][];
        for (var lender = 0; lender < _members; lender++)
        {
            var bytes = GradientSizes[lender].Sum(TensorArena.PaddedSize);
            _gradients[lender] = new long[shape.Covers[members[lender]].Count];
            foreach (var (index, node) in shape.Covers[members[lender]].Index())
            {
                // Only a single rank's gradient can be read where it is: several are added up first.
                if (node.Level == 0 && bytes > 0)
                {
                    _gradients[lender][index] = next;
                    next = Aligned(next + bytes, Environment.SystemPageSize);
                }
            }
        }

        Size = next;
    }

    /// <summary>Indices in the plan of the silos that share the memory.</summary>
    public IReadOnlyList<int> Members { get; }

    /// <summary>The flat parameter buffer; on a page of its own.</summary>
    public long Parameters { get; }

    /// <summary>The arrays of the optimizer's state, for all parameters; nothing where silos do not share the update.</summary>
    public long OptimizerState { get; }

    /// <summary>Bytes in all; whole pages.</summary>
    public long Size { get; }

    /// <summary>Bytes in all where there is no room for gradients: they come last.</summary>
    public long SizeWithoutGradients { get; }

    /// <summary>By silo: bytes of each gradient that one of its ranks may have room for.</summary>
    public IReadOnlyList<IReadOnlyList<long>> GradientSizes { get; }

    /// <summary>A silo's control words.</summary>
    public static long Control(int member) => Greeting + (Line * member);

    /// <summary>How many chunks of a silo's shard another one has been told of.</summary>
    public long ParameterCount(int owner, int reader) => Greeting + (Line * (_members + (owner * _members) + reader));

    /// <summary>How many partial sums have come for a chunk of the owner's shard.</summary>
    public long PartialCount(int owner, int sender, int chunk) => _counters[owner, sender] + (sizeof(long) * chunk);

    /// <summary>How many elements of its shard a sender leaves to be updated by others: next to what each reader looks at to see whether it has come.</summary>
    public long Left(int reader, int sender) => PartialCount(reader, sender, _shape.Shards.Chunks(Members[reader]));

    /// <summary>Where a partial sum for the owner's shard begins.</summary>
    public long Partial(int owner, int sender, int node) =>
        _inboxes[owner, sender] + (node * _shape.Shards[Members[owner]].Length * sizeof(float));

    /// <summary>Where it is said which gradient of a silo's node lies where: an offset, or 0 when it is in the inboxes.</summary>
    public long Lent(int lender, int node, int slot) => _lent[lender] + (sizeof(long) * ((node * _shape.Plan.Layout.Slots.Count) + slot));

    /// <summary>Where the room for the gradients of a silo's node begins; 0 when it has none.</summary>
    public long Gradients(int lender, int node) => _gradients[lender][node];

    // Torch asks for memory by size alone: of a size that some other silo reads, all gradients get room.
    private List<long> LendableSizes(int silo)
    {
        var slots = _shape.Plan.Layout.Slots.Where(slot => slot.Length * sizeof(float) >= SmallestGradient).ToList();
        var read = slots
            .Where(slot => Members.Any(other => Overlaps(slot, other != silo ? _shape.Shards[other] : _shape.Leavable(silo))))
            .Select(slot => slot.Length)
            .ToHashSet();
        return [.. slots.Where(slot => read.Contains(slot.Length)).Select(slot => slot.Length * sizeof(float))];
    }

    private static bool Overlaps(ParameterSlot slot, FlatRange range) => slot.Offset < range.End && slot.Offset + slot.Length > range.Start;

    private static long Aligned(long offset, int alignment) => (offset + alignment - 1) / alignment * alignment;
}

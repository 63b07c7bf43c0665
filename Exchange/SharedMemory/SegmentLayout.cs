using OrleansTrain.Exchange.Sessions;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>
/// Where things are in the memory that the silos of one host share: a page of its own for the greeting, a line of control words for each silo,
/// counters, an inbox for each ordered pair of silos, and the parameters. Follows from the plan: the same in all of them. Offsets in bytes.
/// </summary>
internal sealed class SegmentLayout
{
    private const int Line = 128;

    private const int Greeting = 4096;

    private readonly SessionShape _shape;
    private readonly long[,] _inboxes;
    private readonly long[,] _counters;
    private readonly int _members;

    /// <param name="shape">The session.</param>
    /// <param name="members">Indices of the silos that share the memory.</param>
    public SegmentLayout(SessionShape shape, IReadOnlyList<int> members)
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
                next = Aligned(next + (sizeof(long) * shape.Shards.Chunks(members[owner])), Line);
            }
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
        Size = Aligned(Parameters + (shape.Shards.Length * sizeof(float)), Environment.SystemPageSize);
    }

    /// <summary>Indices in the plan of the silos that share the memory.</summary>
    public IReadOnlyList<int> Members { get; }

    /// <summary>The flat parameter buffer; on a page of its own.</summary>
    public long Parameters { get; }

    /// <summary>Bytes in all; whole pages.</summary>
    public long Size { get; }

    /// <summary>A silo's control words.</summary>
    public static long Control(int member) => Greeting + (Line * member);

    /// <summary>How many chunks of a silo's shard another one has been told of.</summary>
    public long ParameterCount(int owner, int reader) => Greeting + (Line * (_members + (owner * _members) + reader));

    /// <summary>How many partial sums have come for a chunk of the owner's shard.</summary>
    public long PartialCount(int owner, int sender, int chunk) => _counters[owner, sender] + (sizeof(long) * chunk);

    /// <summary>Where a partial sum for the owner's shard begins.</summary>
    public long Partial(int owner, int sender, int node) =>
        _inboxes[owner, sender] + (node * _shape.Shards[Members[owner]].Length * sizeof(float));

    private static long Aligned(long offset, int alignment) => (offset + alignment - 1) / alignment * alignment;
}

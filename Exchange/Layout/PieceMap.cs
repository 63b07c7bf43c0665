using OrleansTrain.Training;

namespace OrleansTrain.Exchange.Layout;

/// <summary>A part of a range that lies within one parameter.</summary>
/// <param name="Slot">Index of the parameter.</param>
/// <param name="SlotOffset">First element within the parameter.</param>
/// <param name="Start">First element within the flat buffer.</param>
internal readonly record struct Piece(int Slot, long SlotOffset, long Start, long Length);

/// <summary>Cuts ranges of the flat buffer at the borders of parameters, leaving out the padding between them. Allocates nothing.</summary>
internal sealed class PieceMap(ParameterLayout layout)
{
    private readonly ParameterSlot[] _slots = [.. layout.Slots.Where(slot => slot.Length > 0)];
    private readonly int[] _indices = [.. layout.Slots.Index().Where(pair => pair.Item.Length > 0).Select(pair => pair.Index)];

    /// <summary>The pieces of a range, in order.</summary>
    public Enumerator Pieces(FlatRange range) => new(this, range);

    private int FirstEndingAfter(long position)
    {
        var (low, high) = (0, _slots.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_slots[middle].Offset + _slots[middle].Length > position)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    internal struct Enumerator(PieceMap map, FlatRange range)
    {
        private int _next = map.FirstEndingAfter(range.Start);

        public Piece Current { get; private set; }

        public readonly Enumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_next >= map._slots.Length || map._slots[_next].Offset >= range.End)
            {
                return false;
            }

            var slot = map._slots[_next];
            var start = Math.Max(slot.Offset, range.Start);
            var end = Math.Min(slot.Offset + slot.Length, range.End);
            Current = new Piece(map._indices[_next], start - slot.Offset, start, end - start);
            _next++;
            return true;
        }
    }
}

namespace OrleansTrain.Data.Order;

/// <summary>
/// The records of a split that take part: all, those held out, or those not held out. Which ones are held out is decided by the hash of each
/// record's number in the split, so that it depends on nothing else. Immutable and thread-safe.
/// </summary>
internal sealed class RecordSubset
{
    private readonly IReadOnlyList<int> _records;
    private readonly double _heldOut;
    private readonly bool _takesHeldOut;

    /// <param name="records">Records of each block.</param>
    /// <param name="heldOut">Share that is held out; 0: nothing is, all records take part.</param>
    /// <param name="takesHeldOut">Whether what is held out is what takes part.</param>
    public RecordSubset(IReadOnlyList<int> records, double heldOut = 0, bool takesHeldOut = false)
    {
        (_records, _heldOut, _takesHeldOut) = (records, heldOut, takesHeldOut);
        var first = new long[records.Count];
        for (var i = 1; i < first.Length; i++)
        {
            first[i] = first[i - 1] + records[i - 1];
        }

        FirstRecord = first;
        Counts = heldOut <= 0 ? records : [.. Enumerable.Range(0, records.Count).Select(block => Of(block).Count())];
    }

    /// <summary>Number, in the split, of each block's first record.</summary>
    public long[] FirstRecord { get; }

    /// <summary>Records of each block that take part.</summary>
    public IReadOnlyList<int> Counts { get; }

    /// <summary>The records of a block that take part, in order.</summary>
    public IEnumerable<int> Of(int block) => Of(FirstRecord[block], _records[block], _heldOut, _takesHeldOut);

    /// <summary>The same for a block of so many records whose first has this number in the split.</summary>
    public static IEnumerable<int> Of(long firstRecord, int count, double heldOut, bool takesHeldOut)
    {
        for (var record = 0; record < count; record++)
        {
            if (TakesPart(firstRecord + record, heldOut, takesHeldOut))
            {
                yield return record;
            }
        }
    }

    /// <summary>Writes the records of a block that take part, in order, and returns how many they are. Without an enumerator: every epoch passes here.</summary>
    public int Write(int block, Span<SampleRef> samples)
    {
        var next = 0;
        for (var record = 0; record < _records[block]; record++)
        {
            if (TakesPart(FirstRecord[block] + record, _heldOut, _takesHeldOut))
            {
                samples[next++] = new SampleRef(block, record);
            }
        }

        return next;
    }

    private static bool TakesPart(long number, double heldOut, bool takesHeldOut) => heldOut <= 0 || IsHeldOut(number, heldOut) == takesHeldOut;

    private static bool IsHeldOut(long number, double share) => (Mix.Of(0, Mix.HeldOut, 0, number) >> 11) * (1.0 / (1L << 53)) < share;
}

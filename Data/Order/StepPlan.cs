namespace OrleansTrain.Data.Order;

/// <summary>
/// How the positions of an epoch's order fall to steps and ranks. A step takes the next world size x batch size positions, rank r the r-th share.
/// Of the rest at the end each rank takes as many, so that at most world size - 1 records are left out, other ones each epoch;
/// with <see cref="OrderSpec.DropLast"/> the rest is left out, with <see cref="OrderSpec.Exhaustive"/> nothing is. Immutable.
/// </summary>
internal sealed class StepPlan(OrderSpec spec, long records)
{
    private readonly long _globalBatch = (long)spec.WorldSize * spec.BatchSize;

    /// <summary>Records in the order.</summary>
    public long Records { get; } = records;

    /// <summary>Steps of an epoch, the same for all ranks.</summary>
    public long Count => FullSteps + (RestIsTaken ? 1 : 0);

    /// <summary>Records that are taken in an epoch by all ranks together.</summary>
    public long Samples => (FullSteps * _globalBatch) + (RestIsTaken ? spec.Exhaustive ? Rest : Rest / spec.WorldSize * spec.WorldSize : 0);

    private long FullSteps => Records / _globalBatch;

    private long Rest => Records % _globalBatch;

    private bool RestIsTaken => spec.Exhaustive ? Rest > 0 : !spec.DropLast && Rest >= spec.WorldSize;

    /// <summary>The step that a position belongs to; may be one that is left out.</summary>
    public long StepOf(long position) => position / _globalBatch;

    /// <summary>The positions that a rank takes in a step; none for a rank that has no share of an exhaustive order's last step.</summary>
    public (long First, int Count) Slice(int rank, long step)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)step, (ulong)Count, nameof(step));
        var first = step * _globalBatch;
        if (step < FullSteps)
        {
            return (first + ((long)rank * spec.BatchSize), spec.BatchSize);
        }

        var share = Rest / spec.WorldSize;
        var larger = spec.Exhaustive ? Rest % spec.WorldSize : 0;
        return (first + (rank * share) + Math.Min(rank, larger), (int)(share + (rank < larger ? 1 : 0)));
    }
}

using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Cluster;

namespace OrleansTrain.Grains.Tests.Cluster;

public class SlotAllocatorTests
{
    [Fact]
    public void A_run_that_fits_one_silo_gets_one()
    {
        var slots = SlotAllocator.Allocate(2, Free(("a", [0]), ("b", [0, 1, 2, 3]), ("c", [0, 1])));

        Assert.Equal([new RankSlot("c", 0), new RankSlot("c", 1)], slots!);
    }

    [Fact]
    public void A_larger_run_takes_the_largest_silo_first_and_keeps_consecutive_ranks_together()
    {
        var slots = SlotAllocator.Allocate(5, Free(("a", [0]), ("b", [1, 2, 3]), ("c", [0, 1])));

        Assert.Equal(["b", "b", "b", "c", "c"], slots!.Select(slot => slot.Silo));
        Assert.Equal([1, 2, 3, 0, 1], slots!.Select(slot => slot.Slot));
    }

    [Fact]
    public void All_ranks_or_none() => Assert.Null(SlotAllocator.Allocate(4, Free(("a", [0, 1]), ("b", [0]))));

    [Fact]
    public void The_choice_does_not_depend_on_the_order_of_the_silos()
    {
        var forwards = SlotAllocator.Allocate(3, Free(("a", [0, 1]), ("b", [0, 1]), ("c", [0, 1])));
        var backwards = SlotAllocator.Allocate(3, Free(("c", [0, 1]), ("b", [0, 1]), ("a", [0, 1])));

        Assert.Equal(forwards!, backwards!);
    }

    private static Dictionary<string, IReadOnlyList<int>> Free(params (string Silo, int[] Slots)[] silos) =>
        silos.ToDictionary(silo => silo.Silo, silo => (IReadOnlyList<int>)silo.Slots);
}

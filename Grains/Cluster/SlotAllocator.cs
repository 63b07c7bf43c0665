using OrleansTrain.Grains.Abstractions.Cluster;

namespace OrleansTrain.Grains.Cluster;

/// <summary>Chooses slots for the ranks of a run: as few silos as can be, consecutive ranks together. Pure.</summary>
internal static class SlotAllocator
{
    /// <summary>Slots in rank order, or null when the free slots do not suffice.</summary>
    /// <param name="ranks">Slots wanted.</param>
    /// <param name="free">Free slot numbers of each silo that may be used.</param>
    public static IReadOnlyList<RankSlot>? Allocate(int ranks, IReadOnlyDictionary<string, IReadOnlyList<int>> free)
    {
        if (free.Values.Sum(slots => slots.Count) < ranks)
        {
            return null;
        }

        var chosen = new List<RankSlot>(ranks);
        var candidates = free.Where(silo => silo.Value.Count > 0).ToDictionary();
        while (chosen.Count < ranks)
        {
            var missing = ranks - chosen.Count;

            // The tightest silo that holds all that is missing leaves the larger ones whole for other runs; if none does, the largest.
            var (silo, slots) = candidates.OrderBy(c => c.Value.Count >= missing ? 0 : 1)
                .ThenBy(c => c.Value.Count >= missing ? c.Value.Count : -c.Value.Count)
                .ThenBy(c => c.Key, StringComparer.Ordinal)
                .First();
            chosen.AddRange(slots.Take(missing).Select(slot => new RankSlot(silo, slot)));
            candidates.Remove(silo);
        }

        return chosen;
    }
}

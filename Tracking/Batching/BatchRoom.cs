namespace OrleansTrain.Tracking.Batching;

/// <summary>What still fits into one request.</summary>
internal sealed class BatchRoom(int items, int bytes)
{
    private readonly int _allItems = items;
    private int _items = items;
    private int _bytes = bytes;

    public bool IsUntouched => _items == _allItems;

    /// <summary>Takes from <paramref name="source"/>, starting at <paramref name="next"/>, what fits; moves <paramref name="next"/> on.</summary>
    public List<T> Take<T>(IReadOnlyList<T> source, ref int next, int most, Func<T, int> size)
    {
        var taken = new List<T>(Math.Clamp(source.Count - next, 0, Math.Min(most, _items)));
        while (next < source.Count && taken.Count < most && _items > 0)
        {
            const int comma = 1;
            var bytes = size(source[next]) + comma;
            if (bytes > _bytes)
            {
                break;
            }

            taken.Add(source[next]);
            next++;
            _items--;
            _bytes -= bytes;
        }

        return taken;
    }
}

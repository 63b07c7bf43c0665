using System.Globalization;
using OrleansTrain.Client.Output;
using OrleansTrain.Data.Packed;

namespace OrleansTrain.Client.Datasets;

/// <summary>Says how far an upload is: a line every few seconds and at the end of a split. Called by several uploads at once.</summary>
internal sealed class PutLines(Terminal terminal, TimeProvider time) : IProgress<PutProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private long _shownAt = time.GetTimestamp();

    public void Report(PutProgress value)
    {
        lock (_lock)
        {
            if (value.Records < value.TotalRecords && time.GetElapsedTime(_shownAt) < Interval)
            {
                return;
            }

            _shownAt = time.GetTimestamp();
            terminal.Note(string.Create(
                CultureInfo.InvariantCulture, $"{value.Split}: {value.Records:N0} of {value.TotalRecords:N0} records, {Numbers.Bytes(value.Bytes)}"));
        }
    }
}

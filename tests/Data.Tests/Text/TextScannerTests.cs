using System.Text;
using CsCheck;
using CsvHelper;
using OrleansTrain.Data.Text;

namespace OrleansTrain.Data.Tests.Text;

/// <summary>The scanner finds the records that the CSV library finds, whatever quotes and line feeds there are.</summary>
public sealed class TextScannerTests
{
    private static readonly string[] Pieces = ["a", ",", "\"", "\n", "\r\n", "\"\"", "\"b\"", "c,d"];

    private static readonly Gen<string> Texts = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).List[0, 30].Select(string.Concat);

    [Fact]
    public void RecordsAreThoseOfTheLibrary() => Texts.Sample(text =>
    {
        var runs = Scan(text, ',', 0, int.MaxValue);
        Assert.Equal(Records(text), runs.Sum(run => run.Records));
    });

    [Fact]
    public void RunsAreWholeRecordsInOrder() => Texts.Sample(text =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var runs = Scan(text, ',', 0, 1);
        long first = 0, end = 0;
        foreach (var run in runs)
        {
            Assert.Equal(first, run.FirstRecord);
            Assert.True(run.Offset >= end);
            Assert.Equal(run.Records, Records(Encoding.UTF8.GetString(bytes, (int)run.Offset, (int)run.Length)));
            (first, end) = (first + run.Records, run.Offset + run.Length);
        }

        Assert.Equal(Records(text), first);
    });

    [Fact]
    public void BlankLinesAndHeadersAreNoRecords()
    {
        var run = Assert.Single(Scan("h\n\n1\n\r\n2", ',', 1, 1000));
        Assert.Equal((2, 0L), (run.Records, run.FirstRecord));
        Assert.Empty(Scan("", ',', 1, 1));
        Assert.Empty(Scan("h\n", ',', 1, 1));
        Assert.Equal(3, Scan("{\"a\": \"\n\"}\n \t\n{}", null, 0, 1).Sum(found => found.Records));
    }

    private static List<TextRun> Scan(string text, char? delimiter, int header, int runBytes)
    {
        var scan = TextScanner.Scan(new OneByteStream(Encoding.UTF8.GetBytes(text)), delimiter, header, runBytes, default);
        Assert.True(scan.IsCompletedSuccessfully);
        return scan.Result;
    }

    private static int Records(string text)
    {
        using var reader = CsvReader.FromText(text, new CsvReaderOptions { HasHeader = false, Separator = ',', DetectSeparatorHint = false });
        var count = 0;
        while (reader.Read())
        {
            count++;
        }

        return count;
    }

    /// <summary>Gives a byte at a time, so that every boundary falls between two reads.</summary>
    private sealed class OneByteStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}

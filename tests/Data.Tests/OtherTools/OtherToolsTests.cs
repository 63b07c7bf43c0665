using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Tests.Formats;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Data.Tests.OtherTools;

/// <summary>Files as the tools that people use write them; <c>Files/README.md</c> says how each was made.</summary>
public sealed class OtherToolsTests : IDisposable
{
    private const string Colours = "[255,0,0,255,10,200,0,255,0,255,20,100,0,0,255,255,30,50] 0";

    private static readonly string Files = Path.Combine(Repository.Root, "tests", "Data.Tests", "OtherTools", "Files");

    private readonly FormatFixture _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("rgb.png", Colours)]
    [InlineData("rgba.png", Colours)]
    [InlineData("palette.png", Colours)]
    [InlineData("interlaced.png", Colours)]
    [InlineData("rgb16.png", Colours)]
    [InlineData("grey.png", "[0,50,100,150,200,255] 0")]
    [InlineData("grey16.png", "[0,50,100,150,200,255] 0")]
    [InlineData("bits.png", "[0,0,0,255,255,255] 0")]
    public async Task AnyKindOfPngHasItsPixels(string file, string expected)
    {
        Copy(file, "a/1.png");
        Assert.Equal([expected], await _data.Read(DataPipeline.Create().From(DataFormat.Images(channels: expected == Colours ? 3 : 1))));
    }

    [Theory]
    [InlineData("progressive.jpg")]
    [InlineData("cmyk.jpg")]
    public async Task AnyKindOfJpegHasItsColour(string file)
    {
        Copy(file, "a/1.jpg");
        var pixel = (await _data.Read(DataPipeline.Create().From(DataFormat.Images(channels: 3, width: 1, height: 1))))[0]
            .Split(['[', ']', ','], StringSplitOptions.RemoveEmptyEntries)[..3].Select(int.Parse).ToList();
        Assert.All(pixel.Zip([40, 120, 200]), pair => Assert.InRange(pair.First, pair.Second - 6, pair.Second + 6));
    }

    [Theory]
    [InlineData("excel.csv", ",", "plain|a,b 1.5 1;he said \"hi\"|two\nlines NaN 2;Ünïcode ✓| 3 3")]
    [InlineData("excel-tab.tsv", "\t", "plain|a,b 1.5 1;he said \"hi\"|two\nlines NaN 2;Ünïcode ✓| 3 3")]
    [InlineData("semicolon.csv", ";", "plain|a,b 1.5 1;he said \"hi\"|two\nlines NaN 2;Ünïcode ✓| 3 3")]
    public async Task DialectsOfCsvAreRead(string file, string delimiter, string expected)
    {
        Copy(file, $"train{Path.GetExtension(file)}");
        var texts = new List<string>();
        var pipeline = Texts(DataPipeline.Create().From(DataFormat.Csv(delimiter: delimiter)), texts, "name", "note");
        var numbers = await _data.Read(pipeline);
        Assert.Equal(expected.Split(';'), texts.Zip(numbers, (text, number) => $"{text} {number}"));
    }

    [Theory]
    [InlineData("pandas.csv")]
    [InlineData("pandas.jsonl")]
    public async Task TablesByPandasAreRead(string file)
    {
        Copy(file, $"train{Path.GetExtension(file)}");
        var texts = new List<string>();
        Assert.Equal(["1.5 1", "NaN 2", "3 3"], await _data.Read(Texts(DataPipeline.Create(), texts, "name")));
        Assert.Equal(["plain", "he said \"hi\"", ""], texts);
    }

    [Theory]
    [InlineData("gnu.tar")]
    [InlineData("pax.tar")]
    [InlineData("ustar.tar")]
    [InlineData("v7.tar")]
    public async Task TarArchivesOfAllKindsAreRead(string file)
    {
        Copy(file, "train.tar");
        Assert.Equal(["[0,50,100,150,200,255] 1", "[0,50,100,150,200,255] 2"], await _data.Read(DataPipeline.Create()));
    }

    [Fact]
    public async Task ParquetByDuckDbIsRead()
    {
        Copy("duckdb.parquet", "train.parquet");
        var texts = new List<string>();
        Assert.Equal(["0 0 0 [0,1,2] 1", "1 0.5 NaN [1,2,3] 0", "2 1 20 [2,3,4] 1"], await _data.Read(Texts(DataPipeline.Create(), texts, "name")));
        Assert.Equal(["row 0", "row 1", "row 2"], texts);
    }

    [Fact]
    public async Task ParquetByJavaScriptIsRead()
    {
        Copy("hyparquet.parquet", "train.parquet");
        Assert.Equal(["0 0", "1 0.5", "2 1"], await _data.Read(DataPipeline.Create().Drop("name")));
    }

    private static DataPipeline Texts(DataPipeline pipeline, List<string> texts, params string[] columns) => pipeline.Map("note and drop text", record =>
    {
        texts.Add(string.Join('|', columns.Select(column => record[column].AsText())));
        foreach (var column in columns)
        {
            record.Remove(column);
        }

        return record;
    });

    private void Copy(string file, string name) => _data.Write(name, File.ReadAllBytes(Path.Combine(Files, file)));
}

using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Statistics;
using OrleansTrain.Data.Tests.Formats;

namespace OrleansTrain.Data.Tests.Text;

/// <summary>Columns that are encoded by the categories that the data has.</summary>
public sealed class CategoryTests : IDisposable
{
    private const string Table = "kind,size,zip\nfish,1.5,10\nbird,2,9\n,3,10\nfish,4,\n";

    private readonly FormatFixture _data = new();

    [Fact]
    public async Task CategoriesAreCountedWithoutTheMissingOnes()
    {
        _data.Write("train.csv", Table);
        var found = await Find(DataPipeline.Create().Encode("kind").Encode("zip"));
        Assert.Equal(["bird", "fish"], found[0].Categories);
        Assert.Equal([1, 2], found[0].Counts);
        Assert.Equal(["10", "9"], found[1].Categories);
    }

    [Fact]
    public async Task WhatIsMissingOrUnknownIsNoCategory()
    {
        _data.Write("train.csv", Table);
        _data.Write("test.csv", "kind,size,zip\nwhale,1.5,9\nbird,1.5,9\n");
        var pipeline = DataPipeline.Create().Encode("kind").Drop("zip");
        var encoded = pipeline.WithCategories(await Find(pipeline));
        Assert.Equal(["[0,1] 1.5", "[1,0] 2", "[0,0] 3", "[0,1] 4"], await _data.Read(encoded));
        Assert.Equal(["[0,0] 1.5", "[1,0] 1.5"], await _data.Read(encoded, "test"));
    }

    [Fact]
    public async Task AnUnknownNumberedCategoryIsNamed()
    {
        _data.Write("train.csv", "kind\nfish\nbird\n");
        _data.Write("test.csv", "kind\nbird\nwhale\n");
        var pipeline = DataPipeline.Create().Encode("kind", CategoryEncoding.Number);
        var encoded = pipeline.WithCategories(await Find(pipeline));
        Assert.Equal(["1", "0"], await _data.Read(encoded));
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(encoded, "test"));
        Assert.Equal(
            "s3://bucket/data/test.csv record 1: step 'encode kind Number: bird|fish' failed: column 'kind' is 'whale', which the split 'train' does not have.",
            error.Message);
    }

    [Fact]
    public async Task StepsBeforeAnEncodingSeeTheTextAndFiltersCount()
    {
        _data.Write("train.csv", Table);
        var found = await Find(DataPipeline.Create()
            .Filter("large", record => record["size"].AsNumber() > 1.9)
            .Map("upper case", record =>
            {
                record["kind"] = Field.Of(record["kind"].AsText().ToUpperInvariant());
                return record;
            })
            .Encode("kind"));
        Assert.Equal(["BIRD", "FISH"], found[0].Categories);
        Assert.Equal([1, 1], found[0].Counts);
    }

    [Fact]
    public void TextIsNoCategory()
    {
        var parts = Enumerable.Range(0, 3).Select(part => new Vocabulary(
            "words", [.. Enumerable.Range(0, Vocabulary.MostCategories / 2).Select(i => $"{part} {i}")], new long[Vocabulary.MostCategories / 2]));
        var error = Assert.Throws<DatasetException>(() => Vocabulary.Merge("words", parts));
        Assert.Equal("Column 'words' has more than 65536 categories: it is no column to encode.", error.Message);
    }

    public void Dispose() => _data.Dispose();

    private async Task<IReadOnlyList<Vocabulary>> Find(DataPipeline pipeline)
    {
        var (catalog, loader) = await _data.Open(pipeline);
        return await loader.Categories(Assert.Single(catalog.Blocks), default);
    }
}

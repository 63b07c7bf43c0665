using OrleansTrain.Client.Tests.Fakes;

namespace OrleansTrain.Client.Tests.Datasets;

public sealed class DataCommandsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleanstrain").FullName;

    [Fact]
    public async Task AShippedDatasetIsPutOnceAndListed()
    {
        var client = new ClientHarness { WorkingFolder = _folder };

        Assert.Equal(0, await client.RunAsync("data", "put", "mnist", "s3://datasets/mnist"));
        Assert.StartsWith("s3://datasets/mnist: 10,000 test, 60,000 train records in ", client.Output, StringComparison.Ordinal);

        var again = new ClientHarness { WorkingFolder = _folder };
        Assert.Equal(2, await again.RunAsync("data", "put", "mnist", "s3://datasets/mnist"));
        Assert.StartsWith("error: s3://datasets/mnist holds a dataset already (10,000 test,", again.Errors, StringComparison.Ordinal);

        var list = new ClientHarness { WorkingFolder = _folder };
        Assert.Equal(0, await list.RunAsync("data", "ls", "s3://datasets/mnist", "--max", "3"));
        Assert.Equal(3, list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("dataset mnist: 10,000 test, 60,000 train records", list.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatasetIsInspectedWithItsImages()
    {
        var client = new ClientHarness { WorkingFolder = _folder };

        Assert.Equal(0, await client.RunAsync("data", "inspect", "mnist", "--contact-sheet", "sheet.png"));

        Assert.StartsWith("mnist (idx)\n", client.Output, StringComparison.Ordinal);
        Assert.Contains("train: 60,000 records in 1 blocks\n", client.Output, StringComparison.Ordinal);
        Assert.Contains("uint8   28x28   33.318   78.567      0       255        0", client.Output, StringComparison.Ordinal);
        Assert.Contains("label: 0: 5,923  1: 6,742  2: 5,958", client.Output, StringComparison.Ordinal);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], (await File.ReadAllBytesAsync(Path.Combine(_folder, "sheet.png")))[..4]);
    }

    [Fact]
    public async Task ATruncatedFileIsNamedAndNothingIsWritten()
    {
        var source = Directory.CreateDirectory(Path.Combine(_folder, "broken")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(source, "train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3]);
        await File.WriteAllBytesAsync(Path.Combine(source, "train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        var client = new ClientHarness { WorkingFolder = _folder };

        Assert.Equal(1, await client.RunAsync("data", "put", "broken", "s3://datasets/broken"));

        Assert.Contains("train-images-idx3-ubyte", client.Errors, StringComparison.Ordinal);
        Assert.Equal(1, client.Errors.Count(character => character == '\n'));
        Assert.False(Directory.Exists(Path.Combine(_folder, "store", "datasets", "broken")));
    }

    [Fact]
    public async Task TheFormatIsNamedAsForTrain()
    {
        var digits = Directory.CreateDirectory(Path.Combine(_folder, "digits", "train")).FullName;
        await File.WriteAllTextAsync(Path.Combine(digits, "points.csv"), "x;label\n1;0\n2;1\n");
        var client = new ClientHarness { WorkingFolder = _folder };

        Assert.Equal(0, await client.RunAsync("data", "inspect", "digits", "--set", "format.delimiter=;"));
        Assert.Contains("label: 0: 1  1: 1", client.Output, StringComparison.Ordinal);

        var put = new ClientHarness { WorkingFolder = _folder };
        Assert.Equal(0, await put.RunAsync("data", "put", "digits", "s3://datasets/digits", "--set", "format=csv", "--set", "format.delimiter=;"));
        Assert.StartsWith("s3://datasets/digits: 2 train records in 1 blocks", put.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilesAsTheyAreDoNotMixWithWhatWasThere()
    {
        var table = Directory.CreateDirectory(Path.Combine(_folder, "table")).FullName;
        await File.WriteAllTextAsync(Path.Combine(table, "train.csv"), "x,label\n1,0\n");
        await File.WriteAllTextAsync(Path.Combine(table, "README.md"), "notes");
        var there = Directory.CreateDirectory(Path.Combine(_folder, "store", "datasets", "table", "test")).FullName;
        await File.WriteAllTextAsync(Path.Combine(there, "old.csv"), "x,label\n2,1\n");
        var refused = new ClientHarness { WorkingFolder = _folder };

        Assert.Equal(2, await refused.RunAsync("data", "put", "table", "s3://datasets/table", "--as-is"));
        Assert.Equal("error: s3://datasets/table holds objects already (s3://datasets/table/test/old.csv); --replace puts it there anew and deletes what else is there\n", refused.Errors);
        Assert.Equal(["test/old.csv"], Stored("table"));

        var replaced = new ClientHarness { WorkingFolder = _folder };
        Assert.Equal(0, await replaced.RunAsync("data", "put", "table", "s3://datasets/table", "--as-is", "--replace"));
        Assert.Equal(["train.csv"], Stored("table"));
    }

    [Fact]
    public async Task FilesAsTheyAreReplaceAPackedDataset()
    {
        var table = Directory.CreateDirectory(Path.Combine(_folder, "table")).FullName;
        await File.WriteAllTextAsync(Path.Combine(table, "train.csv"), "x,label\n1,0\n2,1\n");
        Assert.Equal(0, await new ClientHarness { WorkingFolder = _folder }.RunAsync("data", "put", "table", "s3://datasets/table"));
        Assert.Contains("manifest.json", Stored("table"));

        Assert.Equal(0, await new ClientHarness { WorkingFolder = _folder }.RunAsync("data", "put", "table", "s3://datasets/table", "--as-is", "--replace"));

        Assert.Equal(["train.csv"], Stored("table"));
    }

    [Theory]
    [InlineData("s3://datasets/table")]
    [InlineData("s3://datasets/table/copy")]
    [InlineData("s3://datasets")]
    public async Task NothingIsReplacedByItself(string target)
    {
        var table = Directory.CreateDirectory(Path.Combine(_folder, "store", "datasets", "table")).FullName;
        await File.WriteAllTextAsync(Path.Combine(table, "train.csv"), "x,label\n1,0\n");
        foreach (var source in new[] { "s3://datasets/table", table })
        {
            var client = new ClientHarness { WorkingFolder = _folder };
            Assert.Equal(1, await client.RunAsync("data", "put", source, target, "--as-is", "--replace"));
            Assert.Contains("lie one in the other: copy to another place.", client.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(["train.csv"], Stored("table"));
    }

    [Fact]
    public async Task PlainIdxFilesAreCopiedAsTheyAre()
    {
        var source = Directory.CreateDirectory(Path.Combine(_folder, "idx")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(source, "train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 1, 7]);

        Assert.Equal(0, await new ClientHarness { WorkingFolder = _folder }.RunAsync("data", "put", "idx", "s3://datasets/idx", "--as-is"));

        Assert.Equal(["train-labels-idx1-ubyte"], Stored("idx"));
    }

    [Theory]
    [InlineData("'epochs' is no key of a format (--set epochs)", "epochs=3")]
    [InlineData("format.channels must be 0, 1 or 3; found '7' (--set format.channels)", "format.channels=7")]
    [InlineData("--set needs KEY=VALUE; found 'format'", "format")]
    public async Task WrongFormatsAreRefused(string message, string pair)
    {
        var client = new ClientHarness { WorkingFolder = _folder };

        Assert.Equal(2, await client.RunAsync("data", "inspect", "mnist", "--set", pair));

        Assert.Contains(message, client.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error: there is no folder 'mnits' and no dataset of that name comes with the program; did you mean 'mnist'? Datasets: ", "mnits", "s3://datasets/x")]
    [InlineData("error: URI must be s3://BUCKET/PREFIX", "mnist", "datasets/x")]
    public async Task WrongNamesAreRefused(string message, string source, string target)
    {
        var client = new ClientHarness { WorkingFolder = _folder };

        Assert.Equal(2, await client.RunAsync("data", "put", source, target));

        Assert.StartsWith(message, client.Errors, StringComparison.Ordinal);
    }

    private IEnumerable<string> Stored(string dataset)
    {
        var folder = Path.Combine(_folder, "store", "datasets", dataset);
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

using OrleansTrain.Data.Idx;
using OrleansTrain.Data.Images;
using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Parquet;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Text;
using OrleansTrain.Data.WebDataset;

namespace OrleansTrain.Data.Formats;

/// <summary>Finds the reader of a format, or of the files that lie somewhere.</summary>
internal static class DatasetReaders
{
    private const int LookedAt = 64;

    /// <exception cref="DatasetException">The format is to be recognised and is not.</exception>
    public static async Task<IDatasetReader> Find(DatasetLocation location, DataFormat format, CancellationToken cancellationToken) => format.Name switch
    {
        "packed" => new PackedReader(),
        "idx" => new IdxReader(),
        "images" => new ImageReader(format),
        "csv" => new CsvDatasetReader(format),
        "jsonl" => new JsonLinesReader(format),
        "parquet" => new ParquetDatasetReader(format),
        "webdataset" => new WebDatasetReader(format),
        "auto" => await Recognise(location, format, cancellationToken),
        _ => throw new DatasetException($"There is no format '{format.Name}'; there are {string.Join(", ", DataFormat.Names)}."),
    };

    private static async Task<IDatasetReader> Recognise(DatasetLocation location, DataFormat format, CancellationToken cancellationToken)
    {
        if (await location.Store.Stat(location.Key(DatasetManifest.FileName), cancellationToken) is not null)
        {
            return new PackedReader();
        }

        var folder = location.Key("");
        var seen = new List<string>();
        await foreach (var info in location.Store.List(folder, cancellationToken))
        {
            seen.Add(info.Key[folder.Length..]);
            if (seen.Count == LookedAt)
            {
                break;
            }
        }

        if (seen.Count == 0)
        {
            throw new DatasetException($"{location.Uri} has no objects: check the URI, or upload a dataset there with 'orleanstrain data put'.");
        }

        return Recognise(seen, format) ?? throw new DatasetException(
            $"{location.Uri} is in no format that is recognised by its file names (found {string.Join(", ", seen.Take(3))}…): name the format.");
    }

    private static IDatasetReader? Recognise(List<string> names, DataFormat format) =>
        names.Exists(name => IdxNames.Parse(name) is not null) ? new IdxReader()
        : Ends(names, ".parquet") ? new ParquetDatasetReader(DataFormat.Named("parquet", format.Options))
        : Ends(names, ".tar") ? new WebDatasetReader(DataFormat.Named("webdataset", format.Options))
        : Ends(names, ".csv", ".tsv") ? new CsvDatasetReader(DataFormat.Named("csv", format.Options))
        : Ends(names, ".jsonl", ".ndjson") ? new JsonLinesReader(DataFormat.Named("jsonl", format.Options))
        : names.Exists(ImageReader.Reads) ? new ImageReader(DataFormat.Named("images", format.Options))
        : null;

    private static bool Ends(List<string> names, params string[] endings) =>
        names.Exists(name => endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));
}

using OrleansTrain.Data.Idx;
using OrleansTrain.Data.Images;
using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Reading;

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
        "auto" => await Recognise(location, format, cancellationToken),
        _ => throw new DatasetException($"There is no format '{format.Name}'; there are auto, packed, idx, images."),
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
        : names.Exists(ImageReader.Reads) ? new ImageReader(DataFormat.Named("images", format.Options))
        : null;
}

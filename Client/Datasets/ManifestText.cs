using System.Globalization;
using OrleansTrain.Client.Output;
using OrleansTrain.Data.Packed;

namespace OrleansTrain.Client.Datasets;

/// <summary>A dataset's manifest in words.</summary>
internal static class ManifestText
{
    /// <summary><c>60,000 train, 10,000 test records in 14 blocks, 55 MB</c>.</summary>
    public static string Summary(DatasetManifest manifest)
    {
        var splits = manifest.Splits.Select(split =>
            string.Create(CultureInfo.InvariantCulture, $"{split.Value.Sum(block => (long)block.Records):N0} {split.Key}"));
        var blocks = manifest.Splits.Values.SelectMany(split => split).ToList();
        return $"{string.Join(", ", splits)} records in {blocks.Count} blocks, {Numbers.Bytes(blocks.Sum(block => block.Bytes))}, digest {manifest.Digest}";
    }
}

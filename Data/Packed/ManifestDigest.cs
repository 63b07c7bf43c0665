using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Packed;

/// <summary>What makes two datasets the same: their schema, splits and records, not where they lie or how the objects are named.</summary>
internal static class ManifestDigest
{
    public static string Compute(IReadOnlyList<Column> schema, IReadOnlyDictionary<string, IReadOnlyList<PackedBlockEntry>> splits)
    {
        var text = new StringBuilder();
        text.AppendJoin('\n', schema).Append('\n');
        foreach (var (split, blocks) in splits.OrderBy(split => split.Key, StringComparer.Ordinal))
        {
            text.Append('#').Append(split).Append('\n');
            foreach (var block in blocks)
            {
                text.Append(CultureInfo.InvariantCulture, $"{block.Records} {block.Checksum}\n");
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

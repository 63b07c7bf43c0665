using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.Formats;

/// <summary>The digest of data that has no manifest: of the names, versions and sizes of its objects and of how they are read.</summary>
internal sealed class CatalogDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public CatalogDigest(DataFormat format) => Add(format.ToString());

    public void Add(ObjectPart part) => Add(string.Create(
        CultureInfo.InvariantCulture, $"{part.Key}\n{part.ETag}\n{part.Offset}\n{part.Length}\n{part.Note}"));

    public void Add(string text)
    {
        _hash.AppendData(Encoding.UTF8.GetBytes(text));
        _hash.AppendData([0]);
    }

    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}

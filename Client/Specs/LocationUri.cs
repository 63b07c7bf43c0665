using OrleansTrain.Storage;

namespace OrleansTrain.Client.Specs;

/// <summary>Where data and checkpoints may be.</summary>
internal static class LocationUri
{
    public const string Allowed = "s3://BUCKET/PREFIX (bucket: 3 to 63 of a-z, 0-9, -, .) or file:///FOLDER";

    /// <summary>As the stores see it, which name buckets by S3's rules and let no key leave its store.</summary>
    public static bool IsAllowed(string text)
    {
        try
        {
            ObjectUri.Parse(text);
            return true;
        }
        catch (ObjectStoreException)
        {
            return false;
        }
    }
}

using OrleansTrain.Storage;

namespace OrleansTrain.Data.Reading;

/// <summary>Where a dataset lies: a store and a key prefix in it. Immutable.</summary>
/// <param name="Uri">As the user wrote it, for messages.</param>
/// <param name="Store">The store.</param>
/// <param name="Prefix">Key prefix; empty, or without a trailing '/'.</param>
public sealed record DatasetLocation(string Uri, IObjectStore Store, string Prefix)
{
    /// <summary>Finds the store that a URI names.</summary>
    /// <exception cref="ObjectStoreException">The URI names none.</exception>
    public static DatasetLocation Resolve(IObjectStores stores, string uri)
    {
        var (store, prefix) = stores.Resolve(uri);
        return new DatasetLocation(uri.TrimEnd('/'), store, prefix);
    }

    /// <summary>Key of an object below the prefix.</summary>
    public string Key(string name) => Prefix.Length == 0 ? name : $"{Prefix}/{name}";

    /// <summary>Name of an object below the prefix: what stays the same when a dataset is copied elsewhere.</summary>
    public string NameBelow(string key) => Prefix.Length > 0 && key.StartsWith(Prefix, StringComparison.Ordinal) ? key[Prefix.Length..].TrimStart('/') : key;

    /// <summary>URI of an object below the prefix, for messages.</summary>
    public string UriOf(string name) => $"{Uri}/{name}";

    /// <summary>URI of an object, for messages.</summary>
    public string Name(string key) => Prefix.Length > 0 && key.StartsWith(Prefix, StringComparison.Ordinal)
        ? Uri + key[Prefix.Length..]
        : $"{Uri}/{key}";

    /// <summary>URI of a part's object, for messages.</summary>
    public string Name(ObjectPart part) => Name(part.Key);
}

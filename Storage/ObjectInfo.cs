namespace OrleansTrain.Storage;

/// <summary>One object of a store. <paramref name="Size"/> is in bytes; <paramref name="ETag"/> changes whenever the content does.</summary>
public readonly record struct ObjectInfo(string Key, long Size, string ETag, DateTimeOffset LastModified);

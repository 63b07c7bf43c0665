namespace OrleansTrain.Storage;

/// <summary>A store could not do what was asked. The message is fit to be shown to a user as it is.</summary>
public sealed class ObjectStoreException(string message, ObjectStoreError error, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of failure it was.</summary>
    public ObjectStoreError Error { get; } = error;
}

/// <summary>Kinds of failure of a store.</summary>
public enum ObjectStoreError
{
    /// <summary>No such object or bucket.</summary>
    NotFound,

    /// <summary>Wrong credentials, or no right to do this.</summary>
    AccessDenied,

    /// <summary>The object is not the one that was listed: another ETag or length.</summary>
    Changed,

    /// <summary>No room: disk full, or a bucket quota reached.</summary>
    NoSpace,

    /// <summary>The store could not be reached, or kept failing, through all retries.</summary>
    Unavailable,

    /// <summary>The URI, bucket name or key is not one that can be used.</summary>
    InvalidName,
}

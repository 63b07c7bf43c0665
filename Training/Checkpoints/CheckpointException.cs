namespace OrleansTrain.Training.Checkpoints;

/// <summary>
/// A checkpoint is torn, altered, or not one at all: skip it for the one before. The message names the object, what was expected and found.
/// A store that cannot be reached is another matter: that stays an <see cref="Storage.ObjectStoreException"/>.
/// </summary>
public sealed class CheckpointCorruptException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>A checkpoint is whole but of another model, world size or optimizer. The message says what differs.</summary>
public sealed class CheckpointMismatchException(string message) : Exception(message);

namespace OrleansTrain.Training.Native;

/// <summary>libtorch does not load here. The message is one line: what is missing and what to do.</summary>
public sealed class TorchUnavailableException(string message, Exception? inner) : Exception(message, inner);

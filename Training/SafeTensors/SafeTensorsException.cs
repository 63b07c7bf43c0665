namespace OrleansTrain.Training.SafeTensors;

/// <summary>Bytes are no safetensors file, or lack a tensor that was expected. The message is one line.</summary>
public sealed class SafeTensorsException(string message, Exception? inner = null) : IOException(message, inner);

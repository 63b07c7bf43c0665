namespace OrleansTrain.Tasks;

/// <summary>Tasks cannot be loaded. The message is one line: the assembly, what was expected and what was found.</summary>
public sealed class TaskLoadException(string message, Exception? inner = null) : Exception(message, inner);

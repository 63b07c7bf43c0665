namespace OrleansTrain.Client.Errors;

/// <summary>The command was understood but failed. Exit code 1. The message is one line for the user.</summary>
internal sealed class CommandFailedException(string message, Exception? inner = null) : Exception(message, inner);

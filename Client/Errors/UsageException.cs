namespace OrleansTrain.Client.Errors;

/// <summary>What was asked for cannot be done as asked: nothing was started. Exit code 2. The message is one line for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);

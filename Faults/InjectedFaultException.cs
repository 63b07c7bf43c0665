namespace OrleansTrain.Faults;

/// <summary>Thrown where a test asked for it, in place of something that cannot be foreseen.</summary>
public sealed class InjectedFaultException(string message) : Exception(message);

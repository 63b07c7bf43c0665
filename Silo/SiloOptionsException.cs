namespace OrleansTrain.Silo;

/// <summary>The silo cannot start as told. One line fit for the user.</summary>
internal sealed class SiloOptionsException(string message) : Exception(message);

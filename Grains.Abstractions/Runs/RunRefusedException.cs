namespace OrleansTrain.Grains.Abstractions.Runs;

/// <summary>A run was refused before anything was started. The message is one line fit for the user.</summary>
[GenerateSerializer, Alias("OrleansTrain.RunRefusedException")]
public sealed class RunRefusedException : Exception
{
    public RunRefusedException(string message)
        : base(message)
    {
    }

    public RunRefusedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

using System.CommandLine;

namespace OrleansTrain.Client.Commands;

/// <summary>A command whose help ends in examples.</summary>
internal sealed class DocumentedCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Whole command lines.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}

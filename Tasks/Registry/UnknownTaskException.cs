namespace OrleansTrain.Tasks;

/// <summary>There is no task of this name. The message is one line with all there are; the client adds which one was probably meant.</summary>
public sealed class UnknownTaskException(string name, IReadOnlyCollection<string> known)
    : Exception($"task: there is no '{name}'. Tasks: {string.Join(", ", known)}");

namespace OrleansTrain.Client.Catalog;

/// <summary>The training tasks there are.</summary>
internal interface ITaskCatalog
{
    /// <summary>In alphabetical order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The task of this name, or null.</summary>
    TaskDescription? Find(string name);
}

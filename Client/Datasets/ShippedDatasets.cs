namespace OrleansTrain.Client.Datasets;

/// <summary>The datasets that come with the program: the folders of <c>data/</c>, in the repository or beside the program.</summary>
internal sealed class ShippedDatasets(string programFolder)
{
    // artifacts/bin/Client/debug_linux-x64 lies four folders below the repository.
    private const int MostParents = 5;

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<string> Names =>
        FindRoot() is { } root ? [.. Directory.GetDirectories(root).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)] : [];

    /// <summary>The folder of a shipped dataset, or null.</summary>
    public string? Find(string name) =>
        name.Length > 0 && name == Path.GetFileName(name) && FindRoot() is { } root && Path.Combine(root, name) is var folder && Directory.Exists(folder)
            ? folder
            : null;

    private string? FindRoot()
    {
        var folder = new DirectoryInfo(programFolder);
        for (var i = 0; folder is not null && i <= MostParents; i++, folder = folder.Parent)
        {
            // A marker, lest any folder called "data" above us be taken for ours.
            var data = Path.Combine(folder.FullName, "data");
            if (File.Exists(Path.Combine(data, "mnist", "README.md")))
            {
                return data;
            }
        }

        return null;
    }
}

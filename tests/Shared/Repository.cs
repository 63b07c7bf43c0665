namespace OrleansTrain.Tests.Shared;

/// <summary>Finds files of the checkout that the tests run in.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "OrleansTrain.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar)) ?? throw new DirectoryNotFoundException("No OrleansTrain.sln above the tests."));
}

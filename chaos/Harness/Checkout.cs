namespace OrleansTrain.Harness;

/// <summary>Files of the checkout that the harness was built from.</summary>
public static class Checkout
{
    /// <summary>Its root folder.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The built silo.</summary>
    public static string Silo { get; } = Program("Silo");

    /// <summary>The built command line.</summary>
    public static string Client { get; } = Program("Client");

    /// <summary>The S3 server that <c>test.sh --install-only</c> installs.</summary>
    public static string S3Server { get; } = Environment.GetEnvironmentVariable("ORLEANSTRAIN_TEST_S3RVER") is { Length: > 0 } named
        ? named
        : Path.Combine(Root, "artifacts", "tools", "node_modules", "s3rver", "bin", "s3rver.js");

    // All projects of a build share the name of their output folder, for example release_linux-x64.
    private static string Program(string project) => Path.Combine(
        Root, "artifacts", "bin", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), $"OrleansTrain.{project}.dll");

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "OrleansTrain.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar)) ?? throw new DirectoryNotFoundException("No OrleansTrain.sln above the harness."));
}

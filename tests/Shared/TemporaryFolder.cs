namespace OrleansTrain.Tests.Shared;

/// <summary>A folder of its own for one test, removed with everything in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("orleanstrain-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using OrleansTrain.Client.Specs;

namespace OrleansTrain.Client.Tests.Specs;

public class SpecDocumentTests
{
    [Fact]
    public void EveryKeyStandsInTheDocument()
    {
        var document = File.ReadAllText(Path.Combine(FindRepository(), "docs", "spec.md"));

        Assert.All(SpecKeys.Names, key => Assert.Contains($"`{key}`", document, StringComparison.Ordinal));
        Assert.All(SpecFlags.All, flag => Assert.Contains($"`{flag.Name}`", document, StringComparison.Ordinal));
        Assert.All(OptimizerKeys.All.Keys, optimizer => Assert.Contains($"`{optimizer}`", document, StringComparison.Ordinal));
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OrleansTrain.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}

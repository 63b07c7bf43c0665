using CsCheck;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Specs;

namespace OrleansTrain.Client.Tests.Specs;

public class YamlSpecFileTests
{
    [Theory]
    [InlineData("", "run.yaml is empty; write keys like 'task: mnist' into it")]
    [InlineData("# nothing\n", "run.yaml is empty; write keys like 'task: mnist' into it")]
    [InlineData("- a\n- b\n", "run.yaml line 1: must be a mapping of keys to values, like 'task: mnist'")]
    [InlineData("task: mnist\nranks: [1, 2]\n", "run.yaml line 2: ranks must be one value")]
    [InlineData("task: mnist\n\nranks:\n  a: 1\n", "run.yaml line 3: ranks must be one value")]
    [InlineData("task: mnist\nranks:\n", "run.yaml line 2: ranks has no value; give one or remove the line")]
    [InlineData("optimizer: [sgd]\n", "run.yaml line 1: optimizer must be one value or a mapping")]
    [InlineData("optimizer:\n  name: sgd\n  betas: {a: 1}\n", "run.yaml line 3: optimizer.betas must be one value")]
    [InlineData("ranks: 2\nranks: 3\n", "ranks is given twice: by run.yaml line 1 and by run.yaml line 2")]
    [InlineData("a: &x 1\nb: *x\n", "run.yaml line 2: b must be one value")]
    [InlineData("task: mnist\n---\ntask: mnist\n", "run.yaml line 2: a second document follows; a spec is one")]
    [InlineData("? [a]\n: 1\n", "run.yaml line 1: a key must be plain text")]
    public void WhatIsNoSpecIsRefusedWithItsLine(string yaml, string message)
    {
        var refused = Assert.Throws<UsageException>(() => YamlSpecFile.Parse("run.yaml", yaml));

        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public void WhatIsNoYamlIsRefusedWithItsLine()
    {
        var refused = Assert.Throws<UsageException>(() => YamlSpecFile.Parse("run.yaml", "task: mnist\nranks: 'two\n"));

        Assert.StartsWith("run.yaml line 2 column 8 is not YAML: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTheScannerTripsOverIsRefusedToo()
    {
        var refused = Assert.Throws<UsageException>(() => YamlSpecFile.Parse("run.yaml", "task: mnist\n? {-[k||1`a\na"));

        Assert.StartsWith("run.yaml is not YAML: it cannot be read beyond line 1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "run.yaml");

        var refused = Assert.Throws<UsageException>(() => YamlSpecFile.Read(path));

        Assert.StartsWith($"spec file {path} cannot be read: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyTextIsASpecOrRefused() => Gen.String[Gen.Char["abk:-[]{}&*!|>'\"%@`#,? \n\t01"], 0, 60].Sample(yaml =>
    {
        try
        {
            YamlSpecFile.Parse("run.yaml", yaml);
        }
        catch (UsageException refused)
        {
            Assert.False(string.IsNullOrWhiteSpace(refused.Message));
        }
    });
}

using System.Globalization;
using System.Text;
using CsCheck;
using OrleansTrain.Tracking.Server.Artifacts;
using OrleansTrain.Tracking.Server.Handlers;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Tests.Server;

public sealed class ProtocolTests
{
    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-1.0, "-1.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(9007199254740993e0, "9007199254740992.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(1e-320, "1e-320")]
    [InlineData(123.456e-7, "1.23456e-05")]
    [InlineData(1234567.875, "1234567.875")]
    [InlineData(0.00123, "0.00123")]
    [InlineData(double.Epsilon, "5e-324")]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void Floats_are_written_as_Python_writes_them(double value, string expected) => Assert.Equal(expected, PythonFloat.Format(value));

    [Fact]
    public void Floats_written_read_back_the_same() => Gen.Double.Sample(
        value => !double.IsFinite(value) || double.Parse(PythonFloat.Format(value), CultureInfo.InvariantCulture).Equals(value), iter: 20_000);

    [Theory]
    [InlineData("1", true)]
    [InlineData(" -1.5e3 ", true)]
    [InlineData(".5", true)]
    [InlineData("+Infinity", true)]
    [InlineData("nan", true)]
    [InlineData("", false)]
    [InlineData("abc", false)]
    [InlineData("1 2", false)]
    [InlineData("--1", false)]
    [InlineData("1,000", false)]
    public void Floats_are_read_as_Python_reads_them(string text, bool expected) => Assert.Equal(expected, PythonFloat.TryParse(text, out _));

    [Theory]
    [InlineData("a/b", "a/b")]
    [InlineData("a//b/./c/", "a/b/c")]
    [InlineData("a/../b", "b")]
    [InlineData("../a", "../a")]
    [InlineData("/../a", "/a")]
    [InlineData("//a", "//a")]
    [InlineData("///a", "/a")]
    [InlineData("", ".")]
    [InlineData("a/..", ".")]
    public void Paths_are_normalized_as_Python_does(string path, string expected) => Assert.Equal(expected, PosixPath.Normalize(path));

    [Theory]
    [InlineData("""{"a": NaN, "b": "NaN \" NaN", "c": [-Infinity, Infinity]}""")]
    [InlineData("NaN")]
    public void Bare_tokens_of_Python_are_read_and_are_no_text(string json)
    {
        using var document = LenientJson.TryParse(Encoding.UTF8.GetBytes(json));

        Assert.NotNull(document);
        var root = document.RootElement;
        if (json.StartsWith('{'))
        {
            Assert.Null(LenientJson.Text(root.GetProperty("a")));
            Assert.Equal("NaN \" NaN", LenientJson.Text(root.GetProperty("b")));
            Assert.Equal(2, root.GetProperty("c").GetArrayLength());
        }
    }

    [Theory]
    [InlineData("model.json", "text/plain")]
    [InlineData("MLmodel", "text/plain")]
    [InlineData("loss.PNG", "image/png")]
    [InlineData("page.html", "text/html")]
    [InlineData("weights.safetensors", "application/octet-stream")]
    [InlineData("noextension", "application/octet-stream")]
    public void Content_types_follow_names(string name, string expected) => Assert.Equal(expected, ArtifactContentType.Of(name));
}

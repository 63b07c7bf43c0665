using CsCheck;
using OrleansTrain.Data.Idx;

namespace OrleansTrain.Data.Tests.Idx;

public sealed class IdxHeaderTests
{
    [Fact]
    public void MnistIsRead()
    {
        var header = IdxHeader.Read([0, 0, 8, 3, 0, 0, 0xEA, 0x60, 0, 0, 0, 28, 0, 0, 0, 28], "x");
        Assert.Equal((60_000, 784, 16, 47_040_016L), (header.Records, header.RecordBytes, header.Length, header.TotalLength));
        Assert.Equal([28, 28], header.Shape);
    }

    [Theory]
    [InlineData(new byte[] { }, "x is no IDX file")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0 }, "x is no IDX file: expected it to start with 0x0000, found 0x1F8B0800.")]
    [InlineData(new byte[] { 0, 0, 7, 1, 0, 0, 0, 1 }, "x has IDX type code 0x07")]
    [InlineData(new byte[] { 0, 0, 8, 0 }, "x has 0 dimensions")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0 }, "x has 3 dimensions and 6 bytes of header: expected 1 to 8 dimensions and 16 bytes.")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 0 }, "x claims 0 elements")]
    [InlineData(new byte[] { 0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, "x claims 4294967295x4294967295x4294967295 elements")]
    [InlineData(new byte[] { 0, 0, 14, 8, 0, 0, 0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, "x claims 1x")]
    public void WhatIsNoneIsRefused(byte[] start, string message) =>
        Assert.StartsWith(message, Assert.Throws<DatasetException>(() => IdxHeader.Read(start, "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void AnyBytesAreReadOrRefused() => Gen.Byte.Array[0, 40].Sample(bytes =>
    {
        try
        {
            Assert.True(IdxHeader.Read(bytes, "x").TotalLength > 0);
        }
        catch (DatasetException)
        {
            // Refused in words: fine.
        }
    });

    [Theory]
    [InlineData("train-images-idx3-ubyte.gz", "train", "image", true)]
    [InlineData("t10k-labels-idx1-ubyte", "test", "label", false)]
    [InlineData("t10k-labels.idx1-ubyte", "test", "label", false)]
    [InlineData("emnist_letters-images-idx3-ubyte", "emnist_letters", "image", false)]
    public void NamesSaySplitAndColumn(string name, string split, string column, bool gzip) => Assert.Equal((split, column, gzip), IdxNames.Parse(name));

    [Theory]
    [InlineData("README.md")]
    [InlineData("manifest.json")]
    [InlineData("sub/train-images-idx3-ubyte")]
    public void OtherNamesAreNone(string name) => Assert.Null(IdxNames.Parse(name));
}

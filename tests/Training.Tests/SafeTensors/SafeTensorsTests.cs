using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using OrleansTrain.Training.SafeTensors;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Tests.SafeTensors;

/// <summary>Writing and reading safetensors, and bytes that are none.</summary>
public sealed class SafeTensorsTests
{
    [Fact]
    public async Task WhatIsWrittenIsReadBack()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["double"] = rand(3, dtype: float64),
            ["single"] = rand(2, 3),
            ["half"] = rand(5).to(float16),
            ["brain"] = rand(5).to(bfloat16),
            ["long"] = arange(4, dtype: int64),
            ["int"] = arange(4, dtype: int32),
            ["short"] = arange(3, dtype: int16),
            ["signed"] = arange(3, dtype: int8),
            ["bytes"] = arange(7, dtype: uint8),
            ["flags"] = tensor(new[] { true, false, true }),
            ["scalar"] = tensor(3.5f),
            ["empty"] = zeros(0, 4),
            ["näme \"quoted\""] = zeros(1),
        };
        var content = SafeTensorsContent.Create(
            tensors.Select(entry => SafeTensorsPart.Of(entry.Key, entry.Value)), new Dictionary<string, string> { ["step"] = "17" });
        var bytes = new byte[content.Length];
        await content.OpenRead().ReadExactlyAsync(bytes);
        using var file = await SafeTensorsFile.Read(new MemoryStream(bytes), bytes.Length);

        Assert.Equal("17", file.Metadata["step"]);
        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), file.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), content.ComputeSha256());
        foreach (var (name, expected) in tensors)
        {
            using var found = file.ToTensor(name);
            Assert.Equal(expected.dtype, found.dtype);
            Assert.Equal(expected.shape, found.shape);
            Assert.True(expected.bytes.SequenceEqual(found.bytes), name);
        }
    }

    [Fact]
    public void TheStreamCanBeReadInAnyPieces()
    {
        using var values = arange(1000, dtype: float32);
        using var more = arange(10, dtype: int8);
        var content = SafeTensorsContent.Create([SafeTensorsPart.Of("a", values), SafeTensorsPart.Of("b", more)]);
        var whole = new byte[content.Length];
        content.OpenRead().ReadExactly(whole);

        Gen.Select(Gen.Int[0, whole.Length], Gen.Int[1, 500]).Sample((at, count) =>
        {
            using var stream = content.OpenRead();
            stream.Position = at;
            var piece = new byte[Math.Min(count, whole.Length - at)];
            stream.ReadExactly(piece);
            return piece.AsSpan().SequenceEqual(whole.AsSpan(at, piece.Length));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234567")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 7)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 9)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}", 3)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"code\":\"x\"}}", 1)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1)]
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0)]
    [InlineData("[]", 0)]
    [InlineData("{", 0)]
    [InlineData("{} {}", 0)]
    public async Task WhatIsNoSafetensorsFileIsRefused(string header, int data = -1)
    {
        var bytes = data < 0 ? Encoding.UTF8.GetBytes(header) : File(header, data);
        await Assert.ThrowsAsync<SafeTensorsException>(() => SafeTensorsFile.Read(new MemoryStream(bytes), bytes.Length));
    }

    [Fact]
    public async Task AHeaderLargerThanTheFileIsRefusedWithoutAllocatingIt()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        var before = GC.GetTotalAllocatedBytes();
        await Assert.ThrowsAsync<SafeTensorsException>(() => SafeTensorsFile.Read(new MemoryStream(bytes), bytes.Length));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 1 << 20);
    }

    [Fact]
    public void NoBytesCrashTheReader()
    {
        using var values = arange(6, dtype: float32);
        var content = SafeTensorsContent.Create([SafeTensorsPart.Of("weight", values)], new Dictionary<string, string> { ["k"] = "v" });
        var good = new byte[content.Length];
        content.OpenRead().ReadExactly(good);

        // A good file with some bytes changed and its end cut off.
        Gen.Select(Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[0, 6], Gen.Int[0, good.Length]).Sample((changes, length) =>
        {
            var bytes = good.AsSpan(0, length).ToArray();
            foreach (var (at, value) in changes)
            {
                if (at < length)
                {
                    bytes[at] = value;
                }
            }

            try
            {
                using var file = SafeTensorsFile.Read(new MemoryStream(bytes), bytes.Length).GetAwaiter().GetResult();
                foreach (var entry in file.Entries)
                {
                    file.ToTensor(entry.Name).Dispose();
                }
            }
            catch (SafeTensorsException)
            {
                // Refused: as good as read.
            }
        });
    }

    private static byte[] File(string header, int data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }
}

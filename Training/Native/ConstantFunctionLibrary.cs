using System.Buffers.Binary;
using System.Text;

namespace OrleansTrain.Training.Native;

/// <summary>
/// The bytes of a shared library (ELF64, x86-64) that exports one function without arguments, which returns a constant. What a C compiler
/// makes of <c>int NAME(void) { return VALUE; }</c>, without asking users for a compiler or shipping a binary. Layout: the System V ABI,
/// chapters 4 and 5, and its AMD64 supplement.
/// </summary>
internal static class ConstantFunctionLibrary
{
    private const int FileHeader = 64;
    private const int ProgramHeader = 56;
    private const int ProgramHeaders = 4;
    private const int SymbolSize = 24;
    private const int SymbolsAt = FileHeader + (ProgramHeaders * ProgramHeader);
    private const int HashAt = SymbolsAt + (2 * SymbolSize);
    private const int HashSize = 5 * sizeof(int);
    private const int StringsAt = HashAt + HashSize;
    private const int Page = 0x1000;
    private const int DynamicEntries = 6;

    /// <summary>One page of code and tables, one of what the loader writes to.</summary>
    public static byte[] Build(string function, int value)
    {
        var name = Encoding.ASCII.GetBytes($"\0{function}\0");
        var codeAt = (StringsAt + name.Length + 15) & ~15;
        // endbr64; mov eax, value; ret
        byte[] code = [0xF3, 0x0F, 0x1E, 0xFA, 0xB8, 0, 0, 0, 0, 0xC3];
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(5), value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(codeAt + code.Length, Page, nameof(function));

        var image = new byte[Page + (DynamicEntries * 16)];
        var writer = new Writer(image);
        // 64 bits, little endian, version 1; a shared object for x86-64 without section headers.
        writer.Bytes(0, [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]);
        writer.Words(16, 3, 62);
        writer.Ints(20, 1);
        writer.Longs(32, FileHeader);
        writer.Words(52, FileHeader, ProgramHeader, ProgramHeaders);

        const int execute = 1, write = 2, read = 4;
        writer.Segment(0, type: 1, read | execute, 0, codeAt + code.Length, Page);
        writer.Segment(1, type: 1, read | write, Page, DynamicEntries * 16, Page);
        writer.Segment(2, type: 2, read | write, Page, DynamicEntries * 16, 8);
        // PT_GNU_STACK: without it the loader would make every stack executable.
        writer.Segment(3, type: 0x6474E551, read | write, 0, 0, 16);

        // Symbol 0 is none; symbol 1 a global function of ours.
        writer.Ints(SymbolsAt + SymbolSize, 1);
        writer.Bytes(SymbolsAt + SymbolSize + 4, [0x12, 0]);
        writer.Words(SymbolsAt + SymbolSize + 6, 1);
        writer.Longs(SymbolsAt + SymbolSize + 8, codeAt, code.Length);
        // One bucket, two chains.
        writer.Ints(HashAt, 1, 2, 1, 0, 0);
        writer.Bytes(StringsAt, name);
        writer.Bytes(codeAt, code);

        const long hash = 4, strings = 5, symbols = 6, stringsSize = 10, symbolSize = 11;
        writer.Longs(Page, hash, HashAt, strings, StringsAt, symbols, SymbolsAt, stringsSize, name.Length, symbolSize, SymbolSize);
        return image;
    }

    private readonly ref struct Writer(Span<byte> image)
    {
        private readonly Span<byte> _image = image;

        public void Bytes(int at, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_image[at..]);

        public void Words(int at, params ReadOnlySpan<short> values)
        {
            foreach (var value in values)
            {
                BinaryPrimitives.WriteInt16LittleEndian(_image[at..], value);
                at += sizeof(short);
            }
        }

        public void Ints(int at, params ReadOnlySpan<int> values)
        {
            foreach (var value in values)
            {
                BinaryPrimitives.WriteInt32LittleEndian(_image[at..], value);
                at += sizeof(int);
            }
        }

        public void Longs(int at, params ReadOnlySpan<long> values)
        {
            foreach (var value in values)
            {
                BinaryPrimitives.WriteInt64LittleEndian(_image[at..], value);
                at += sizeof(long);
            }
        }

        public void Segment(int index, int type, int flags, long at, long size, long alignment)
        {
            var header = FileHeader + (index * ProgramHeader);
            Ints(header, type, flags);
            Longs(header + 8, at, at, at, size, size, alignment);
        }
    }
}

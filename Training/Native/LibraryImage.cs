using System.Buffers.Binary;
using System.Text;

namespace OrleansTrain.Training.Native;

/// <summary>
/// The bytes of a shared library (ELF64, x86-64): a few functions of machine code, and zeroed data that they and others may use. What a compiler
/// and a linker would make, without asking users for them or shipping a binary. Layout: the System V ABI, chapters 4 and 5, and its AMD64
/// supplement.
/// </summary>
internal static class LibraryImage
{
    private const int FileHeader = 64;
    private const int ProgramHeader = 56;
    private const int ProgramHeaders = 4;
    private const int SymbolSize = 24;
    private const int SymbolsAt = FileHeader + (ProgramHeaders * ProgramHeader);
    private const int Page = 0x1000;
    private const int DynamicEntries = 6;
    private const int DataAt = Page + (DynamicEntries * 16);
    private const short Defined = 1; // in some section: there are no headers to say which
    private const byte GlobalObject = 0x11;
    private const byte GlobalFunction = 0x12;

    /// <summary><c>int NAME(void) { return VALUE; }</c></summary>
    public static byte[] OfConstant(string function, int value)
    {
        // endbr64; mov eax, value; ret
        byte[] code = [0xF3, 0x0F, 0x1E, 0xFA, 0xB8, 0, 0, 0, 0, 0xC3];
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(5), value);
        return Build([new(function, _ => code)]);
    }

    /// <summary>One page of code and tables, one of what the loader writes to and the data.</summary>
    /// <param name="functions">What the library exports.</param>
    /// <param name="data">The name of its data, which it exports too; null when there is none.</param>
    /// <param name="dataSize">Bytes of data.</param>
    public static byte[] Build(IReadOnlyList<LibraryFunction> functions, string? data = null, int dataSize = 0)
    {
        string[] names = [.. functions.Select(function => function.Name), .. data is null ? [] : new[] { data }];
        var symbols = names.Length + 1;
        var hashAt = SymbolsAt + (symbols * SymbolSize);
        var stringsAt = hashAt + ((3 + symbols) * sizeof(int));
        var strings = Encoding.ASCII.GetBytes($"\0{string.Join('\0', names)}\0");
        var end = stringsAt + strings.Length;

        var image = new byte[DataAt + dataSize];
        var writer = new Writer(image);
        writer.Bytes(stringsAt, strings);
        var nameAt = 1;
        for (var i = 0; i < names.Length; i++)
        {
            var (at, size, kind) = (DataAt, dataSize, GlobalObject);
            if (i < functions.Count)
            {
                at = (end + 15) & ~15;
                var code = functions[i].Code(DataAt - at);
                (size, kind) = (code.Length, GlobalFunction);
                end = at + size;
                ArgumentOutOfRangeException.ThrowIfGreaterThan(end, Page, nameof(functions));
                writer.Bytes(at, code);
            }

            var symbol = SymbolsAt + ((i + 1) * SymbolSize);
            writer.Ints(symbol, nameAt);
            writer.Bytes(symbol + 4, [kind, 0]);
            writer.Words(symbol + 6, Defined);
            writer.Longs(symbol + 8, at, size);
            nameAt += names[i].Length + 1;
        }

        // One bucket: all symbols in a row.
        writer.Ints(hashAt, 1, symbols, 1, 0);
        writer.Ints(hashAt + 16, [.. Enumerable.Range(2, names.Length - 1), 0]);

        // 64 bits, little endian, version 1; a shared object for x86-64 without section headers.
        writer.Bytes(0, [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]);
        writer.Words(16, 3, 62);
        writer.Ints(20, 1);
        writer.Longs(32, FileHeader);
        writer.Words(52, FileHeader, ProgramHeader, ProgramHeaders);

        const int execute = 1, write = 2, read = 4;
        writer.Segment(0, type: 1, read | execute, 0, end, Page);
        writer.Segment(1, type: 1, read | write, Page, image.Length - Page, Page);
        writer.Segment(2, type: 2, read | write, Page, DynamicEntries * 16, 8);
        // PT_GNU_STACK: without it the loader would make every stack executable.
        writer.Segment(3, type: 0x6474E551, read | write, 0, 0, 16);

        const long hash = 4, stringTable = 5, symbolTable = 6, stringsSize = 10, symbolSize = 11;
        writer.Longs(Page, hash, hashAt, stringTable, stringsAt, symbolTable, SymbolsAt, stringsSize, strings.Length, symbolSize, SymbolSize);
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

/// <summary>A function of a library.</summary>
/// <param name="Code">Its bytes, given how far its first one lies before the library's data.</param>
internal sealed record LibraryFunction(string Name, Func<int, byte[]> Code);

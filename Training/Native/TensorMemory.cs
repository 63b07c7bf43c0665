using System.Runtime.InteropServices;

namespace OrleansTrain.Training.Native;

/// <summary>
/// Lets a thread's tensors of certain sizes be made in memory of our choice (<see cref="TensorArena"/>), so that a gradient is where others read it
/// from the moment autograd writes it. libtorch asks <c>c10::alloc_cpu</c> for the memory of each CPU tensor and <c>c10::free_cpu</c> takes it back,
/// both through its own symbol tables; a library of ours with functions of these names is loaded before it (<see cref="MemoryLibrary"/>). They pass
/// on everything below the smallest size of an arena and outside of all arenas, which is everything as long as there is none.
/// </summary>
internal static unsafe class TensorMemory
{
    internal const string AllocateName = "_ZN3c109alloc_cpuEm";
    internal const string FreeName = "_ZN3c108free_cpuEPv";
    private const string TableName = "orleanstrain_tensor_memory";

    private static readonly Lock Changing = new();
    private static TensorArena[] _arenas = [];
    private static Table* _table;

    /// <summary>Whether arenas can be used.</summary>
    public static bool IsAvailable => _table != null;

    /// <summary>Why they can not; null when they can, or libtorch is not loaded yet.</summary>
    public static string? Unavailable { get; private set; }

    /// <summary>Where tensors of the calling thread go, if they have the right size; null for libtorch's own choice.</summary>
    [field: ThreadStatic]
    public static TensorArena? Current { get; set; }

    /// <summary>Must come before libtorch is loaded; once a process.</summary>
    /// <param name="loadC10">Loads the library that has both functions and gives its handle.</param>
    internal static void Install(Func<nint> loadC10)
    {
        if (IsAvailable)
        {
            return;
        }

        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Unavailable = "only on linux-x64";
            return;
        }

        if (File.ReadLines("/proc/self/maps").Any(mapping => mapping.EndsWith("/libc10.so", StringComparison.Ordinal)))
        {
            // Some of its calls would reach ours and some not.
            Unavailable = "libtorch was loaded before TorchRuntime.Initialize was called";
            return;
        }

        var image = LibraryImage.Build([new(AllocateName, AllocateCode), new(FreeName, FreeCode)], TableName, sizeof(Table));
        var (library, error) = MemoryLibrary.Load("orleanstrain-tensors", image);
        if (library == 0)
        {
            Unavailable = error;
            return;
        }

        var table = (Table*)NativeLibrary.GetExport(library, TableName);
        table->Smallest = nuint.MaxValue;
        table->Low = nuint.MaxValue;
        var c10 = loadC10();
        table->Allocate = NativeLibrary.GetExport(c10, AllocateName);
        table->Free = NativeLibrary.GetExport(c10, FreeName);
        table->Take = (nint)(delegate* unmanaged<nuint, nint>)&Take;
        table->GiveBack = (nint)(delegate* unmanaged<nint, int>)&GiveBack;
        _table = table;
    }

    /// <summary>Frees of an arena's blocks are its own from now on.</summary>
    internal static void Add(TensorArena arena)
    {
        lock (Changing)
        {
            Publish([.. _arenas, arena]);
        }
    }

    /// <summary>No block of the arena is in use any more.</summary>
    internal static void Remove(TensorArena arena)
    {
        lock (Changing)
        {
            Publish([.. _arenas.Where(other => other != arena)]);
        }
    }

    // A block is handed out after its arena is in here, and the arena leaves after its last block is back: whoever reads old bounds misses none.
    private static void Publish(TensorArena[] arenas)
    {
        Volatile.Write(ref _arenas, arenas);
        Volatile.Write(ref _table->Low, arenas.Select(arena => (nuint)arena.Start).DefaultIfEmpty(nuint.MaxValue).Min());
        Volatile.Write(ref _table->High, arenas.Select(arena => (nuint)arena.End).DefaultIfEmpty().Max());
        Volatile.Write(ref _table->Smallest, arenas.Select(arena => (nuint)arena.Smallest).DefaultIfEmpty(nuint.MaxValue).Min());
    }

    [UnmanagedCallersOnly]
    private static nint Take(nuint bytes) => Current is { } arena ? arena.Take((long)bytes) : 0;

    [UnmanagedCallersOnly]
    private static int GiveBack(nint address)
    {
        foreach (var arena in Volatile.Read(ref _arenas))
        {
            if (arena.GiveBack(address))
            {
                return 1;
            }
        }

        return 0;
    }

    // The functions end in a jump to libtorch's own, with its argument where it was: an exception of that one passes no frame of ours.
    private static byte[] AllocateCode(int data)
    {
        var code = new Code(data);
        code.Add([0xF3, 0x0F, 0x1E, 0xFA]); // endbr64
        code.AddWithAddress([0x48, 0x3B, 0x3D], nameof(Table.Smallest)); // cmp rdi, [smallest]
        code.Add([0x72, 0x0E]); // jb own
        code.Add([0x57]); // push rdi: keeps it, and aligns the stack
        code.AddWithAddress([0xFF, 0x15], nameof(Table.Take)); // call [take]
        code.Add([0x5F, 0x48, 0x85, 0xC0, 0x74, 0x01, 0xC3]); // pop rdi; test rax, rax; jz own; ret
        code.AddWithAddress([0xFF, 0x25], nameof(Table.Allocate)); // own: jmp [allocate]
        return code.Bytes;
    }

    private static byte[] FreeCode(int data)
    {
        var code = new Code(data);
        code.Add([0xF3, 0x0F, 0x1E, 0xFA]); // endbr64
        code.AddWithAddress([0x48, 0x3B, 0x3D], nameof(Table.Low)); // cmp rdi, [low]
        code.Add([0x72, 0x16]); // jb own
        code.AddWithAddress([0x48, 0x3B, 0x3D], nameof(Table.High)); // cmp rdi, [high]
        code.Add([0x73, 0x0D]); // jae own
        code.Add([0x57]); // push rdi
        code.AddWithAddress([0xFF, 0x15], nameof(Table.GiveBack)); // call [giveBack]
        code.Add([0x5F, 0x85, 0xC0, 0x74, 0x01, 0xC3]); // pop rdi; test eax, eax; jz own; ret
        code.AddWithAddress([0xFF, 0x25], nameof(Table.Free)); // own: jmp [free]
        return code.Bytes;
    }

    /// <summary>What the two functions look at.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Table
    {
        public nuint Smallest;
        public nuint Low;
        public nuint High;
        public nint Allocate;
        public nint Free;
        public nint Take;
        public nint GiveBack;
    }

    /// <summary>Machine code that names fields of the table by their distance.</summary>
    private sealed class Code(int data)
    {
        private readonly List<byte> _bytes = [];

        public byte[] Bytes => [.. _bytes];

        public void Add(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

        /// <summary>An instruction whose last four bytes are the distance from its end to the field.</summary>
        public void AddWithAddress(ReadOnlySpan<byte> instruction, string field)
        {
            _bytes.AddRange(instruction);
            var end = _bytes.Count + sizeof(int);
            _bytes.AddRange(BitConverter.GetBytes(data + (int)Marshal.OffsetOf<Table>(field) - end));
        }
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Lets a shared library that was linked against GCC 13's libstdc++ load on an older one (Debian 12, Ubuntu 22.04): see docs/native.md.
/// Compiled by MSBuild at build (NativeCompat.targets); needs nothing on the machine but the SDK.
/// </summary>
public sealed class RelaxLibstdcxx : Task
{
    private const string Marker = "_ZSt21ios_base_library_initv";
    private const string Substitute = "_ZNSt8ios_base4InitC1Ev";
    private const string NewVersion = "GLIBCXX_3.4.32";
    private const string OldVersion = "GLIBCXX_3.4";

    /// <summary>The library as its package ships it; only read.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>Where the changed copy goes; written only when it is needed.</summary>
    [Required]
    public string Copy { get; set; }

    /// <summary>Written last, "changed" or "as shipped": the decision, so that later builds need not take it again.</summary>
    [Required]
    public string Stamp { get; set; }

    public override bool Execute()
    {
        try
        {
            var needed = !SystemHasMarker();
            Directory.CreateDirectory(Path.GetDirectoryName(Copy));
            if (needed)
            {
                var image = File.ReadAllBytes(Library);
                new Elf(image).Relax();
                WriteAtomically(Copy, image);
                Log.LogMessage(
                    MessageImportance.High,
                    "This system's libstdc++ lacks {0}: using a copy of {1} that does not ask for it ({2}; why: docs/native.md).",
                    NewVersion,
                    Path.GetFileName(Library),
                    Copy);
            }

            WriteAtomically(Stamp, Encoding.ASCII.GetBytes(needed ? "changed" : "as shipped"));
            return true;
        }
        catch (Exception e) when (e is IOException || e is InvalidDataException || e is UnauthorizedAccessException)
        {
            Log.LogError("{0} cannot be made to load on this system's libstdc++ (docs/native.md): {1}", Library, e.Message);
            return false;
        }
    }

    // Asked of the loader itself, so every distribution's search path is right by construction.
    private static bool SystemHasMarker()
    {
        const int Lazy = 1;
        var library = DlOpen("libstdc++.so.6", Lazy);
        return library == IntPtr.Zero
            ? throw new IOException("libstdc++.so.6 is not installed; on Debian and Ubuntu: apt-get install libstdc++6")
            : DlSym(library, Marker) != IntPtr.Zero;
    }

    // Projects build in parallel and may all get here: each writes its own file, and the last rename wins with the same bytes.
    private static void WriteAtomically(string path, byte[] bytes)
    {
        var temporary = path + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, bytes);
        if (Rename(temporary, path) != 0)
        {
            File.Delete(temporary);
            throw new IOException("cannot write " + path);
        }
    }

    [DllImport("libdl.so.2", EntryPoint = "dlopen")]
    private static extern IntPtr DlOpen([MarshalAs(UnmanagedType.LPStr)] string name, int flags);

    [DllImport("libdl.so.2", EntryPoint = "dlsym")]
    private static extern IntPtr DlSym(IntPtr library, [MarshalAs(UnmanagedType.LPStr)] string name);

    [DllImport("libc", EntryPoint = "rename")]
    private static extern int Rename([MarshalAs(UnmanagedType.LPStr)] string from, [MarshalAs(UnmanagedType.LPStr)] string to);

    /// <summary>The dynamic section of a 64-bit little-endian ELF image, as much of it as names symbols and their versions.</summary>
    private sealed class Elf
    {
        private const long Null = 0, Hash = 4, StringTable = 5, SymbolTable = 6, StringSize = 10;
        private const long VersionOfSymbol = 0x6ffffff0, VersionsNeeded = 0x6ffffffe, VersionsNeededCount = 0x6fffffff;
        private const int SymbolSize = 24;
        private const ushort Weak = 2;

        private readonly byte[] _image;
        private readonly Dictionary<long, long> _dynamic = new Dictionary<long, long>();
        private readonly int _strings;

        public Elf(byte[] image)
        {
            _image = image;
            Expect(image.Length > 64 && BitConverter.ToUInt32(image, 0) == 0x464c457f && image[4] == 2 && image[5] == 1, "a 64-bit ELF file");
            foreach (var header in ProgramHeaders(type: 2))
            {
                for (var at = (int)BitConverter.ToInt64(image, header + 8); BitConverter.ToInt64(image, at) != Null; at += 16)
                {
                    _dynamic[BitConverter.ToInt64(image, at)] = BitConverter.ToInt64(image, at + 8);
                }
            }

            _strings = Offset(_dynamic[StringTable]);
        }

        /// <summary>
        /// Renames the one symbol that needs the new version to one every version has, hands it to the old version, and makes
        /// the need of the new one weak: the loader then does not insist on it.
        /// </summary>
        public void Relax()
        {
            // DT_HASH lists undefined symbols too; DT_GNU_HASH, the only table here, does not, so a rename leaves it right.
            Expect(!_dynamic.ContainsKey(Hash), "no DT_HASH table");
            var (newVersion, newIndex) = FindVersion(NewVersion);
            var (_, oldIndex) = FindVersion(OldVersion);

            var versions = Offset(_dynamic[VersionOfSymbol]);
            var symbols = Offset(_dynamic[SymbolTable]);
            // The string table follows the symbol table in every linker's layout; the count stands nowhere else but in a hash table.
            var count = (_strings - symbols) / SymbolSize;
            var users = new List<int>();
            var sharers = 0;
            var marker = -1;
            for (var i = 0; i < count; i++)
            {
                if ((BitConverter.ToUInt16(_image, versions + (2 * i)) & 0x7fff) == newIndex)
                {
                    users.Add(i);
                    marker = BitConverter.ToInt32(_image, symbols + (i * SymbolSize));
                }
            }

            Expect(users.Count == 1 && Text(marker) == Marker, "exactly one symbol of version " + NewVersion + ", " + Marker);
            for (var i = 0; i < count; i++)
            {
                var name = BitConverter.ToInt32(_image, symbols + (i * SymbolSize));
                sharers += name >= marker && name <= marker + Marker.Length ? 1 : 0;
            }

            Expect(sharers == 1, "no other symbol whose name is the end of " + Marker);

            Array.Clear(_image, _strings + marker, Marker.Length);
            Encoding.ASCII.GetBytes(Substitute, 0, Substitute.Length, _image, _strings + marker);
            Put16(versions + (2 * users[0]), oldIndex);
            Put16(newVersion + 4, (ushort)(BitConverter.ToUInt16(_image, newVersion + 4) | Weak));
        }

        private (int At, ushort Index) FindVersion(string name)
        {
            var need = Offset(_dynamic[VersionsNeeded]);
            for (var i = 0L; i < _dynamic[VersionsNeededCount]; i++)
            {
                var isLibstdcxx = Text(BitConverter.ToInt32(_image, need + 4)) == "libstdc++.so.6";
                var version = need + BitConverter.ToInt32(_image, need + 8);
                for (var j = 0; isLibstdcxx && j < BitConverter.ToUInt16(_image, need + 2); j++)
                {
                    if (Text(BitConverter.ToInt32(_image, version + 8)) == name)
                    {
                        return (version, BitConverter.ToUInt16(_image, version + 6));
                    }

                    version += BitConverter.ToInt32(_image, version + 12);
                }

                need += BitConverter.ToInt32(_image, need + 12);
            }

            throw new InvalidDataException("expected a need of " + name + ", found none: was the package changed?");
        }

        private IEnumerable<int> ProgramHeaders(int type)
        {
            var first = (int)BitConverter.ToInt64(_image, 32);
            var size = BitConverter.ToUInt16(_image, 54);
            var count = BitConverter.ToUInt16(_image, 56);
            for (var i = 0; i < count; i++)
            {
                if (BitConverter.ToInt32(_image, first + (i * size)) == type)
                {
                    yield return first + (i * size);
                }
            }
        }

        // From an address as loaded to a place in the file.
        private int Offset(long address)
        {
            foreach (var header in ProgramHeaders(type: 1))
            {
                var start = BitConverter.ToInt64(_image, header + 16);
                if (address >= start && address < start + BitConverter.ToInt64(_image, header + 32))
                {
                    return (int)(address - start + BitConverter.ToInt64(_image, header + 8));
                }
            }

            throw new InvalidDataException("expected every dynamic table within a loaded segment, found one outside");
        }

        private string Text(int at)
        {
            Expect(at >= 0 && at < _dynamic[StringSize], "names within the string table");
            var start = _strings + at;
            return Encoding.ASCII.GetString(_image, start, Array.IndexOf(_image, (byte)0, start) - start);
        }

        private void Put16(int at, ushort value)
        {
            _image[at] = (byte)value;
            _image[at + 1] = (byte)(value >> 8);
        }

        private static void Expect(bool holds, string what)
        {
            if (!holds)
            {
                throw new InvalidDataException("expected " + what + ", found something else: was the package changed?");
            }
        }
    }
}

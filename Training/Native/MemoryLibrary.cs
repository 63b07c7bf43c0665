using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansTrain.Training.Native;

/// <summary>
/// Loads a library of ours, made in memory, whose functions come before those of the same name in libraries that are loaded later: ordinary ELF
/// symbol interposition, what <c>LD_PRELOAD</c> does. Linux alone.
/// </summary>
internal static partial class MemoryLibrary
{
    private const int LoadNowForAll = 0x002 | 0x100; // RTLD_NOW | RTLD_GLOBAL
    private const uint CloseOnExec = 1;

    /// <summary>The library's handle, or 0 and the reason.</summary>
    /// <param name="name">For <c>/proc/self/maps</c>.</param>
    public static (nint Handle, string? Error) Load(string name, byte[] image)
    {
        try
        {
            var file = MemoryFile(name, CloseOnExec);
            return file < 0 ? (0, Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())) : Load(file, image);
        }
        catch (EntryPointNotFoundException)
        {
            return (0, "it takes glibc 2.34 or later");
        }
    }

    private static (nint Handle, string? Error) Load(int file, byte[] image)
    {
        nint handle = 0;
        try
        {
            using (var stream = new FileStream(new SafeFileHandle(file, ownsHandle: false), FileAccess.Write))
            {
                stream.Write(image);
            }

            handle = Open($"/proc/self/fd/{file}", LoadNowForAll);
            return handle != 0 ? (handle, null) : (0, Marshal.PtrToStringUTF8(Error()) ?? "dlopen failed");
        }
        finally
        {
            // A loaded one's stays open: the loader knows libraries by their path, and would take the next one of the same number for this.
            if (handle == 0)
            {
                _ = Close(file);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemoryFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dlerror")]
    private static partial nint Error();

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>
/// Tells whether two silos can share memory: they can when they run under the same boot of the same kernel and have the same file system at
/// <c>/dev/shm</c>. Containers on one host share neither name nor network, but they share the kernel, and their <c>/dev/shm</c> has a device
/// number of its own unless it was given to several of them.
/// </summary>
internal static class HostIdentity
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    private const string MountInfo = "/proc/self/mountinfo";

    /// <summary>The identity of this process's host; empty where memory cannot be shared.</summary>
    public static string Current { get; } = Read();

    /// <summary>The device number of what is mounted at <see cref="SharedSegment.Folder"/>, from the kernel's list of mounts; null: nothing is.</summary>
    internal static string? Device(IEnumerable<string> mounts) =>
        mounts.Select(line => line.Split(' ')).Where(fields => fields.Length > 4 && fields[4] == SharedSegment.Folder).Select(fields => fields[2]).LastOrDefault();

    private static string Read()
    {
        var supported = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;
        if (!supported || !File.Exists(BootId) || !File.Exists(MountInfo) || !Directory.Exists(SharedSegment.Folder))
        {
            return "";
        }

        var device = Device(File.ReadLines(MountInfo));
        return device is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{File.ReadAllText(BootId).Trim()} {device}")))[..32];
    }
}

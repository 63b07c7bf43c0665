using System.Runtime.CompilerServices;
using OrleansTrain.Training.Native;

namespace OrleansTrain.Tests.Torch;

/// <summary>
/// Sets libtorch up before any test: classes run side by side, and one that names <c>torch</c> first would load it before MKL is told what to choose,
/// and before tensors can be given memory of ours.
/// </summary>
internal static class TorchFirst
{
#pragma warning disable CA2255 // Not a library: whoever loads this assembly is about to run its tests.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialize() => TorchRuntime.Initialize();
}

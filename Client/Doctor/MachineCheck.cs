using System.Globalization;
using System.Runtime.InteropServices;
using OrleansTrain.Client.Output;

namespace OrleansTrain.Client.Doctor;

/// <summary>The machine: system, cores, memory, runtime.</summary>
internal sealed class MachineCheck : IDoctorCheck
{
    private const long LittleMemory = 2L << 30;

    public string Subject => "machine";

    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {Numbers.Bytes(memory)} memory, .NET {Environment.Version}");
        return Task.FromResult<IReadOnlyList<Finding>>(
            [memory >= LittleMemory ? Finding.Good(Subject, text) : Finding.Doubt(Subject, text, "training MNIST takes 1 GB; give the container or machine 2 GB")]);
    }
}

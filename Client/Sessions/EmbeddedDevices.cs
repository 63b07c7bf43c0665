using OrleansTrain.Client.Errors;

namespace OrleansTrain.Client.Sessions;

/// <summary>What the slots of an embedded cluster are: each rank has a GPU of its own, or all ranks compute on the CPU.</summary>
internal static class EmbeddedDevices
{
    /// <param name="device">Of the spec: auto, cpu or cuda.</param>
    /// <param name="countGpus">Asked only where the answer matters: it loads libtorch.</param>
    /// <returns><c>cpu</c> or <c>cuda</c>.</returns>
    /// <exception cref="UsageException">cuda was asked for and cannot be had: nobody would ever come to give it.</exception>
    public static string Choose(string device, int ranks, int silos, Func<int> countGpus)
    {
        if (device == "cuda" && silos > 1)
        {
            throw new UsageException($"device: cuda takes one embedded silo, which has all GPUs; found --silos {silos}");
        }

        if (device == "cpu" || silos > 1)
        {
            return "cpu";
        }

        var gpus = countGpus();
        if (gpus >= ranks)
        {
            return "cuda";
        }

        return device == "auto"
            ? "cpu"
            : throw new UsageException(
                $"device: cuda needs a GPU for each of the {ranks} ranks; found {gpus}. Build with -p:Torch=cuda on a machine with an NVIDIA driver, take fewer ranks, or use device: cpu");
    }
}

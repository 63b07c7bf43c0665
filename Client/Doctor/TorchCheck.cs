using OrleansTrain.Training.Native;

namespace OrleansTrain.Client.Doctor;

/// <summary>libtorch, and the GPUs it can use.</summary>
internal sealed class TorchCheck : IDoctorCheck
{
    public string Subject => "torch";

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        int gpus;
        try
        {
            gpus = await Task.Run(() =>
            {
                TorchRuntime.Initialize();
                return DeviceChoice.CudaDeviceCount();
            }, cancellationToken);
        }
        catch (TorchUnavailableException exception)
        {
            return [Finding.Bad(Subject, exception.Message, "see docs/native.md")];
        }

        var torch = Finding.Good(Subject, $"libtorch loads, {(gpus == 0 ? "without CUDA" : $"with CUDA on {gpus} GPU{(gpus == 1 ? "" : "s")}")}");
        var kernels = Finding.Good(Subject, MklKernels.Decision);
        return [torch, kernels, Judge(gpus, await NvidiaDriver.FindAsync(cancellationToken))];
    }

    internal static Finding Judge(int usable, IReadOnlyList<string> found) => (usable, found.Count) switch
    {
        (0, 0) => Finding.Good("gpu", "none; ranks compute on the CPU"),
        (0, _) => Finding.Doubt("gpu", $"{string.Join("; ", found)}: not usable by this build", "build with -p:Torch=cuda (ORLEANSTRAIN_TORCH=cuda ./orleanstrain …)"),
        (_, 0) => Finding.Doubt("gpu", $"{usable} usable, but nvidia-smi says nothing", "install the driver's nvidia-smi to see versions"),
        _ => Finding.Good("gpu", string.Join("; ", found)),
    };
}

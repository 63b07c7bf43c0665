using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Sessions;

namespace OrleansTrain.Client.Doctor;

/// <summary>The home folder: rights and room.</summary>
internal sealed class HomeCheck(HomeFolder home) : IDoctorCheck
{
    private const long LittleRoom = 1L << 30;

    public string Subject => "home";

    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Finding>>([Check()]);

    private Finding Check()
    {
        try
        {
            home.Prepare();
        }
        catch (UsageException exception)
        {
            return Finding.Bad(Subject, exception.Message, $"correct the rights of the folder, or set {HomeFolder.Variable} to another one");
        }

        var free = new DriveInfo(home.Root).AvailableFreeSpace;
        var text = $"{home.Root}, {Numbers.Bytes(free)} free";
        return free >= LittleRoom ? Finding.Good(Subject, text) : Finding.Doubt(Subject, text, "checkpoints and tracking need room: free 1 GB or more");
    }
}

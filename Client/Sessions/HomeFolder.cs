using OrleansTrain.Client.Errors;

namespace OrleansTrain.Client.Sessions;

/// <summary>Where everything embedded is kept: <c>ORLEANSTRAIN_HOME</c>, by default <c>.orleanstrain</c> below the current folder.</summary>
internal sealed class HomeFolder
{
    public const string Variable = "ORLEANSTRAIN_HOME";

    private const string Probe = ".write-probe";
    private const int ProbeBytes = 64 * 1024;

    private HomeFolder(string root)
    {
        Root = root;
    }

    public string Root { get; }

    /// <summary>Objects of the local store.</summary>
    public string Store => Path.Combine(Root, "store");

    /// <summary>Database and artifacts of the embedded tracking server.</summary>
    public string Tracking => Path.Combine(Root, "tracking");

    /// <summary>State of the grains.</summary>
    public string State => Path.Combine(Root, "state");

    public static HomeFolder Locate(Func<string, string?> environment, string workingFolder)
    {
        var configured = environment(Variable);
        return new HomeFolder(Path.GetFullPath(string.IsNullOrWhiteSpace(configured) ? ".orleanstrain" : configured, workingFolder));
    }

    /// <summary>Makes the folders and sees that they can be written to.</summary>
    /// <exception cref="UsageException">They cannot: one line that says why and what to do.</exception>
    public void Prepare()
    {
        try
        {
            foreach (var folder in new[] { Root, Store, Tracking, State })
            {
                Directory.CreateDirectory(folder);
                var probe = Path.Combine(folder, $"{Probe}-{Environment.ProcessId}");
                using var file = new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
                file.Write(new byte[ProbeBytes]);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the home folder {Root} cannot be written to: {exception.Message.TrimEnd('.')}. Make room or rights there, or set {Variable} to another folder");
        }
    }
}

using System.Text.Json;

namespace OrleansTrain.Client.Sessions;

/// <summary>
/// The runs that processes embed on this home folder, one small file each, so that <c>watch</c>, <c>status</c> and <c>cancel</c> in another
/// terminal find them. A process that was killed leaves its file behind: whoever finds nothing at the port removes it.
/// </summary>
internal sealed class RunningRuns(HomeFolder home)
{
    private const string Extension = ".json";

    private string Folder => Path.Combine(home.State, "running");

    /// <summary>Where an embedded run is reached.</summary>
    internal sealed record Entry(string RunId, int GatewayPort, string Secret, string TrackingUri);

    /// <summary>Makes a run known until the result is disposed.</summary>
    public IDisposable Announce(Entry entry)
    {
        Directory.CreateDirectory(Folder);
        var path = PathOf(entry.RunId);
        var half = $"{path}.{Environment.ProcessId}";
        WriteForOwner(half, JsonSerializer.Serialize(entry, RunningRunsJson.Default.Entry));
        File.Move(half, path, overwrite: true);
        return new Announcement(path);
    }

    /// <summary>The run of this ID; without one all, newest first.</summary>
    public IReadOnlyList<Entry> Find(string? runId)
    {
        if (!Directory.Exists(Folder) || (runId is not null && runId != Path.GetFileName(runId)))
        {
            return [];
        }

        var files = runId is null
            ? Directory.GetFiles(Folder, $"*{Extension}").OrderByDescending(File.GetLastWriteTimeUtc).ToArray()
            : [PathOf(runId)];
        return [.. files.Select(Read).OfType<Entry>()];
    }

    /// <summary>Removes what a killed process left.</summary>
    public void Forget(Entry entry) => File.Delete(PathOf(entry.RunId));

    private string PathOf(string runId) => Path.Combine(Folder, runId + Extension);

    // Holds the secret that lets a client in.
    private static void WriteForOwner(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new StreamWriter(path, options);
        file.Write(text);
    }

    private static Entry? Read(string path)
    {
        try
        {
            var entry = JsonSerializer.Deserialize(File.ReadAllText(path), RunningRunsJson.Default.Entry);
            return entry?.Secret is null ? null : entry;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null; // its process has just ended, or it is none of ours
        }
    }

    private sealed class Announcement(string path) : IDisposable
    {
        public void Dispose() => File.Delete(path);
    }
}

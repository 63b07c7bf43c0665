using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Specs;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Runs;

/// <summary>
/// The file that <c>--trace</c> names: made before the run starts, so that a wrong name shows at once, and filled when it has ended. What an earlier run
/// has left there stays until then, and a file that was made for nothing goes.
/// </summary>
internal sealed class TraceFile : IDisposable
{
    private const string Steps = "20";

    private readonly string _path;
    private bool _isMadeForNothing;

    private TraceFile(string path, bool isNew) => (_path, _isMadeForNothing) = (path, isNew);

    /// <summary>What the flag means for the spec: below a spec file and flags, which may trace more or fewer steps.</summary>
    public static SpecLayer Layer()
    {
        var layer = new SpecLayer();
        layer.Add(SpecKeys.TraceActive, Steps, "--trace");
        return layer;
    }

    /// <summary>The file of the flag; null when there is no flag.</summary>
    /// <exception cref="UsageException">The file cannot be written, or nobody would be there to do it.</exception>
    public static TraceFile? Read(string? name, bool isDetached, string workingFolder)
    {
        if (name is null)
        {
            return null;
        }

        if (isDetached)
        {
            throw new UsageException("--trace writes a file when the run ends, and --detach does not wait for that; '--set trace_active=20' logs trace.json to the run");
        }

        var path = Path.GetFullPath(name, workingFolder);
        try
        {
            var isNew = !File.Exists(path);
            using var opened = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write);
            return new TraceFile(path, isNew);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--trace {name} cannot be written: {error.Message}");
        }
    }

    /// <summary>Writes the run's trace, or says why there is none.</summary>
    public async Task SaveAsync(IGrainFactory grains, string runId, Terminal terminal)
    {
        if (await grains.GetGrain<ITrainingGrain>(runId).GetTrace() is not { } trace)
        {
            var old = _isMadeForNothing ? "" : $"; {_path} is what was there before";
            terminal.Note($"no trace: the run ended before its traced steps (trace_wait, trace_active), or trace.json is among its artifacts only{old}");
            return;
        }

        await File.WriteAllBytesAsync(_path, trace);
        _isMadeForNothing = false;
        terminal.Note($"trace in {_path}: open it in https://ui.perfetto.dev or chrome://tracing");
    }

    /// <summary>Removes the file if it was not there before and has not been filled.</summary>
    public void Dispose()
    {
        if (_isMadeForNothing && File.Exists(_path))
        {
            File.Delete(_path);
        }
    }
}

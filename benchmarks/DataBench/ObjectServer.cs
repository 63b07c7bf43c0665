using System.Diagnostics;
using System.Text.RegularExpressions;
using OrleansTrain.Storage;

namespace OrleansTrain.DataBench;

/// <summary>A real S3 server (s3rver) on a free port of the loopback, its data in a folder that stays.</summary>
internal sealed partial class ObjectServer : IAsyncDisposable
{
    private const string Key = "S3RVER";

    private readonly Process _process;

    private ObjectServer(Process process, Uri endpoint) => (_process, Endpoint) = (process, endpoint);

    public Uri Endpoint { get; }

    public ObjectStoreOptions Options => new() { LocalFolder = Path.GetTempPath(), Endpoint = Endpoint, AccessKey = Key, SecretKey = Key };

    public static async Task<ObjectServer> Start(string script, string folder)
    {
        Directory.CreateDirectory(folder);

        // Without the legacy provider s3rver fails on Node 17 and later when a listing has more than one page.
        var start = new ProcessStartInfo("node", ["--openssl-legacy-provider", script, "-d", folder, "-a", "127.0.0.1", "-p", "0", "--no-vhost-buckets", "--silent"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) =>
        {
            if (Address().Match(line.Data ?? "") is { Success: true } match)
            {
                listening.TrySetResult(new Uri($"http://{match.Value}"));
            }
        };
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"{script} ended before it listened"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ObjectServer(process, await listening.Task.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}

using System.Diagnostics;
using System.Text.RegularExpressions;
using OrleansTrain.Storage;

namespace OrleansTrain.Tests.Shared;

/// <summary>A real S3 server (s3rver) on a free port of the loopback, with its data in a temporary folder. Stopped and removed when disposed.</summary>
public sealed partial class S3Server : IAsyncLifetime
{
    public const string Key = "S3RVER";

    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    public Uri Endpoint { get; private set; } = new("http://unset");

    public ObjectStoreOptions Options => new()
    {
        LocalFolder = Path.Combine(_folder.Path, "unused"),
        Endpoint = Endpoint,
        AccessKey = Key,
        SecretKey = Key,
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };

    public async Task InitializeAsync()
    {
        var script = Path.Combine(Repository.Root, "artifacts", "tools", "node_modules", "s3rver", "bin", "s3rver.js");
        if (!File.Exists(script))
        {
            throw new FileNotFoundException($"The S3 server of the tests is not installed ({script}): run ./test.sh --install-only.");
        }

        // Without the legacy provider s3rver fails on Node 17 and later when a listing has more than one page.
        var start = new ProcessStartInfo("node", ["--openssl-legacy-provider", script, "-d", _folder.Path, "-a", "127.0.0.1", "-p", "0", "--no-vhost-buckets"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) =>
        {
            if (Address().Match(line.Data ?? "") is { Success: true } match)
            {
                listening.TrySetResult(new Uri($"http://{match.Value}"));
            }
        };
        _process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("s3rver ended before it listened"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Endpoint = await listening.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Dispose();
    }

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}

using OrleansTrain.Harness.Processes;

namespace OrleansTrain.Harness.Servers;

/// <summary>A real S3 server (s3rver) with its data in a folder.</summary>
public sealed class S3Server : IAsyncDisposable
{
    /// <summary>Its access key and its secret key.</summary>
    public const string Key = "S3RVER";

    private readonly string _folder;
    private ManagedProcess? _process;

    private S3Server(string folder) => _folder = folder;

    /// <summary>On the loopback.</summary>
    public int Port { get; } = FreePorts.Take();

    /// <summary>Starts one.</summary>
    /// <param name="folder">For its objects: a folder a bucket.</param>
    public static async Task<S3Server> Start(string folder, params string[] buckets)
    {
        if (!File.Exists(Checkout.S3Server))
        {
            throw new FileNotFoundException($"The S3 server of the tests is not installed ({Checkout.S3Server}): run ./test.sh --install-only.");
        }

        foreach (var bucket in buckets)
        {
            Directory.CreateDirectory(Path.Combine(folder, bucket));
        }

        var server = new S3Server(folder);
        await server.Start();
        return server;
    }

    /// <summary>Starts it again, with its objects.</summary>
    public async Task Start()
    {
        // Without the legacy provider s3rver fails on Node 17 and later when a listing has more than one page.
        _process = ManagedProcess.Start(
            "s3rver", "node", ["--openssl-legacy-provider", Checkout.S3Server, "-d", _folder, "-a", "127.0.0.1", "-p", $"{Port}", "--no-vhost-buckets", "-s"]);
        await Deadline.Until(() => Ports.Listens(Port), "s3rver listens", TimeSpan.FromSeconds(30));
    }

    /// <summary>Kills it.</summary>
    public async Task Stop()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Stop());
}

using OrleansTrain.Harness.Processes;

namespace OrleansTrain.Harness.Cluster;

/// <summary>A silo, a process of its own.</summary>
public sealed class SiloProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly int _siloPort = FreePorts.Take();
    private readonly int _httpPort = FreePorts.Take();

    internal SiloProcess(int slots, IReadOnlyDictionary<string, string?> environment)
    {
        Slots = slots;
        Process = ManagedProcess.Start(
            $"silo {_siloPort}",
            "dotnet",
            [Checkout.Silo, "--slots", $"{slots}", "--silo-port", $"{_siloPort}", "--gateway-port", $"{FreePorts.Take()}", "--http-port", $"{_httpPort}"],
            environment);
    }

    /// <summary>Its process.</summary>
    public ManagedProcess Process { get; }

    /// <summary>Ranks it hosts at once.</summary>
    public int Slots { get; }

    /// <summary>As silos are named in status and messages: address and port.</summary>
    public string Address => $"127.0.0.1:{_siloPort}";

    /// <summary>Waits until the cluster counts it as active.</summary>
    public Task Ready(TimeSpan limit) => Deadline.Until(
        async () =>
        {
            if (Process.HasExited)
            {
                throw new InvalidOperationException($"{Process.Name} ended before it was ready; it printed:\n{Process.Output}");
            }

            try
            {
                using var answer = await Http.GetAsync(new Uri($"http://127.0.0.1:{_httpPort}/health/ready"));
                return answer.IsSuccessStatusCode;
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        },
        $"{Process.Name} is ready",
        limit);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();
}

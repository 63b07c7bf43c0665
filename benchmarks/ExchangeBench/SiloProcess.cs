using System.Diagnostics;
using System.Text.Json;
using OrleansTrain.Exchange;

namespace OrleansTrain.ExchangeBench;

/// <summary>A child process that is one silo of a measurement; talked to in lines of JSON.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly Process _process;

    public SiloProcess(BenchSettings settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("silo");
        _process = Process.Start(start)!;
        Write(settings);
    }

    public async Task<T> Read<T>() =>
        JsonSerializer.Deserialize<T>(await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A silo process has ended early."))!;

    public void Write<T>(T message)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(message));
        _process.StandardInput.Flush();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}

/// <summary>What a silo process needs to know to open its session.</summary>
internal sealed record SiloAssignment(int Self, IReadOnlyList<ExchangeEndpoint> Endpoints, byte[] Secret);

/// <summary>What a silo process has measured.</summary>
internal sealed record SiloResult(double Milliseconds, double WaitingMilliseconds, double UpdatingMilliseconds, double MegabytesSent);

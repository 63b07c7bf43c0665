using System.Diagnostics;
using System.Text;
using OrleansTrain.Tests.Shared;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Client.Tests.Processes;

/// <summary>A whole run in a process of its own, and all that it writes, sends and says.</summary>
public sealed class RunOfAProcessTests : IDisposable
{
    private const string Password = "distinctive-tracking-password";

    private static readonly string[] Secrets = [Password, "distinctive-cluster-secret", "distinctive-http-token", "distinctive-session-token"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ItsTelemetryIsExportedAndItsSecretsAreNowhere()
    {
        await using var receiver = await OtlpReceiver.Start();
        await using var tracking = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions
        {
            DataFolder = Path.Combine(_folder.Path, "tracking"),
            Token = Password,
        });

        var (exitCode, output, commandLine) = await Run(receiver.Address, tracking.Uri);

        Assert.True(exitCode == 0, output);
        string[] spans = ["orleanstrain train", "IExperimentGrain/Start", "attempt 1", "rank 0", "step", "data wait", "forward and backward", "exchange"];
        string[] metrics =
        [
            "orleanstrain.training.step", "orleanstrain.training.data.wait", "orleanstrain.training.exchange.wait", "orleanstrain.training.samples",
            "orleanstrain.exchange.sent", "orleanstrain.outbox.length", "orleanstrain.data.bytes", "orleans-",
        ];
        var telemetry = receiver.Received;
        Assert.Equal([], spans.Concat(metrics).Where(name => !telemetry.Contains(name, StringComparison.Ordinal)));
        await tracking.DisposeAsync();
        Assert.Equal([], Secrets.Where(secret => output.Contains(secret, StringComparison.Ordinal)));
        Assert.Equal([], Secrets.Where(secret => telemetry.Contains(secret, StringComparison.Ordinal)));
        Assert.Equal([], Secrets.Where(secret => commandLine.Contains(secret, StringComparison.Ordinal)));
        Assert.Equal([], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(HoldsASecret));
    }

    private static bool HoldsASecret(string file)
    {
        var content = Encoding.Latin1.GetString(File.ReadAllBytes(file));
        return Secrets.Any(secret => content.Contains(secret, StringComparison.Ordinal));
    }

    private async Task<(int ExitCode, string Output, string CommandLine)> Run(string otlp, Uri tracking)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "OrleansTrain.Client.dll"), "train", "mnist-mlp", "--ranks", "2", "--batch-size", "500", "--epochs", "1", "--verbose"])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ORLEANSTRAIN_HOME"] = Path.Combine(_folder.Path, "home");
        start.Environment["MLFLOW_TRACKING_URI"] = tracking.ToString();
        start.Environment["MLFLOW_TRACKING_USERNAME"] = "somebody";
        start.Environment["MLFLOW_TRACKING_PASSWORD"] = Password;
        start.Environment["ORLEANSTRAIN_CLUSTER_SECRET"] = Secrets[1];
        start.Environment["ORLEANSTRAIN_HTTP_TOKEN"] = Secrets[2];
        start.Environment["AWS_SESSION_TOKEN"] = Secrets[3];
        start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = otlp;
        start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        start.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
        using var process = Process.Start(start)!;
        var commandLine = File.ReadAllText($"/proc/{process.Id}/cmdline");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        return (process.ExitCode, await output + await errors, commandLine);
    }
}

using System.CommandLine;
using System.Net;
using OrleansTrain.Client.Errors;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Client.Commands;

/// <summary><c>tracking</c>: the embedded MLflow-compatible server on its own, until Ctrl-C.</summary>
internal sealed class TrackingCommand(ClientServices services)
{
    /// <summary>Guards the server where others can reach it; MLflow's own clients send it as <c>MLFLOW_TRACKING_TOKEN</c>.</summary>
    private const string TokenVariable = "ORLEANSTRAIN_TRACKING_TOKEN";

    private const int MlflowsPort = 5000;

    private readonly Option<int> _port = new("--port")
    {
        Description = "Port to listen on; 0 takes a free one.",
        HelpName = "N",
        DefaultValueFactory = _ => MlflowsPort,
    };

    private readonly Option<string> _host = new("--host")
    {
        Description = $"Address to listen on. Anything but loopback asks callers for the token in {TokenVariable}.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<string[]> _allowedHosts = new("--allowed-host")
    {
        Description = "Host name by which clients may call, besides loopback and private addresses; may be repeated.",
        HelpName = "NAME",
    };

    public Command Create()
    {
        var command = new DocumentedCommand(
            "tracking",
            "Serve this home folder's runs to MLflow's own clients, until Ctrl-C.",
            "orleanstrain tracking --port 5000",
            $"{TokenVariable}=… orleanstrain tracking --host 0.0.0.0 --allowed-host train.example.org")
        {
            _port,
            _host,
            _allowedHosts,
        };
        command.SetAction((parse, _) => RunAsync(parse));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse)
    {
        var options = ReadOptions(parse);
        using var interrupts = services.ListenForInterrupts();
        services.Home.Prepare();
        await using var server = await EmbeddedTrackingServer.StartAsync(options, interrupts.Requested);
        services.Terminal.WriteLine($"tracking server of {services.Home.Root} at {server.Uri}");
        services.Terminal.Note($"MLFLOW_TRACKING_URI={server.Uri} leads MLflow's clients here; Ctrl-C stops it");
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = interrupts.Requested.Register(stop.SetResult);
        await stop.Task;
        return ExitCodes.Success;
    }

    private EmbeddedTrackingOptions ReadOptions(ParseResult parse)
    {
        var (host, port) = (parse.GetValue(_host)!, parse.GetValue(_port));
        if (port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new UsageException($"--port must be a whole number from 0 to {IPEndPoint.MaxPort}; found '{port}'");
        }

        var token = services.Environment(TokenVariable);
        var isLoopback = host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        if (!isLoopback && string.IsNullOrEmpty(token))
        {
            throw new UsageException($"--host {host} can be reached by others: set {TokenVariable} to a token that callers must send");
        }

        return new EmbeddedTrackingOptions
        {
            DataFolder = services.Home.Tracking,
            Host = host,
            Port = port,
            AllowedHosts = parse.GetValue(_allowedHosts) ?? [],
            Token = string.IsNullOrEmpty(token) ? null : token,
        };
    }
}

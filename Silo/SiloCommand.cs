using System.CommandLine;
using System.CommandLine.Help;
using System.Net;
using System.Net.Sockets;
using OrleansTrain.Hosting;
using OrleansTrain.Hosting.Access;
using OrleansTrain.Training.Native;

namespace OrleansTrain.Silo;

/// <summary>The command line of a silo.</summary>
internal static class SiloCommand
{
    /// <summary>Goes before this program's arguments, so that help and errors name the command as users type it.</summary>
    public const string Name = "silo";

    public static Command Create(Func<SiloOptions, CancellationToken, Task<int>> run)
    {
        var slots = Number("--slots", "ORLEANSTRAIN_SLOTS", "Ranks this silo hosts at once; 0: none, it preprocesses data for those that do. Default: one a GPU, or else one a core.");
        var device = Text("--device", "ORLEANSTRAIN_DEVICE", "What the slots are: auto, cpu or cuda.");
        var datasetMemory = Text("--dataset-memory", MemorySize.DatasetVariable, "Memory that loaded dataset blocks may take, such as 512Mi or 4GiB; what ranks are reading comes on top. Default: an eighth of the memory.");
        var advertise = Text("--advertise", "ORLEANSTRAIN_ADVERTISE", "Address that other silos and clients reach this one by: an IP, a host name, or 'auto' for the first address of this host that is not loopback. Default: 127.0.0.1.");
        var siloPort = Number("--silo-port", "ORLEANSTRAIN_SILO_PORT", "Silo-to-silo port. Default: 11111.");
        var gatewayPort = Number("--gateway-port", "ORLEANSTRAIN_GATEWAY_PORT", "Client-to-silo port. Default: 30000.");
        var tensorPort = Number("--tensor-port", "ORLEANSTRAIN_TENSOR_PORT", "Port of the tensor channel. Default: any free one.");
        var httpPort = Number("--http-port", "ORLEANSTRAIN_HTTP_PORT", "Port for /health/live, /health/ready, /metrics and /dashboard. Default: 8080.");
        var httpAddress = Text("--http-address", "ORLEANSTRAIN_HTTP_ADDRESS", "Address the HTTP side listens on. Default: 127.0.0.1. Elsewhere everything but /health asks for ORLEANSTRAIN_HTTP_TOKEN.");
        var clusterId = Text("--cluster-id", "ORLEANSTRAIN_CLUSTER_ID", "Keeps clusters on one Redis apart. Default: default.");
        var name = Text("--name", "ORLEANSTRAIN_SILO_NAME", "Name shown by `orleanstrain cluster`. Default: host and port.");
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Log what the silo does." };
        var command = new Command(Name, "A silo: hosts the ranks of training runs. Joins the cluster whose Redis ORLEANSTRAIN_REDIS names.")
        {
            new HelpOption(), slots, device, datasetMemory, advertise, siloPort, gatewayPort, tensorPort, httpPort, httpAddress, clusterId, name, verbose,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var address = Resolve(Value(parsed, advertise, "ORLEANSTRAIN_ADVERTISE") ?? "127.0.0.1");
            var http = ParseAddress(Value(parsed, httpAddress, "ORLEANSTRAIN_HTTP_ADDRESS") ?? "127.0.0.1", "--http-address");
            var devices = ChooseDevices(Value(parsed, device, "ORLEANSTRAIN_DEVICE") ?? "auto");
            return run(
                new SiloOptions
                {
                    Redis = Environment.GetEnvironmentVariable("ORLEANSTRAIN_REDIS") is { Length: > 0 } redis
                        ? redis
                        : throw new SiloOptionsException("A silo needs ORLEANSTRAIN_REDIS, for example ORLEANSTRAIN_REDIS=localhost:6379. Without a cluster, `orleanstrain train` runs everything in one process."),
                    ClusterId = Value(parsed, clusterId, "ORLEANSTRAIN_CLUSTER_ID") ?? "default",
                    ServiceId = Environment.GetEnvironmentVariable("ORLEANSTRAIN_SERVICE_ID") ?? "orleanstrain",
                    Name = Value(parsed, name, "ORLEANSTRAIN_SILO_NAME"),
                    AdvertisedAddress = address,
                    ListenOnAnyAddress = !IPAddress.IsLoopback(address),
                    SiloPort = Port(parsed, siloPort, "ORLEANSTRAIN_SILO_PORT", 11111),
                    GatewayPort = Port(parsed, gatewayPort, "ORLEANSTRAIN_GATEWAY_PORT", 30000),
                    TensorPort = Port(parsed, tensorPort, "ORLEANSTRAIN_TENSOR_PORT", 0),
                    HttpPort = Port(parsed, httpPort, "ORLEANSTRAIN_HTTP_PORT", 8080),
                    HttpAddress = http,
                    HttpToken = TokenFor(http),
                    Access = ClusterAccess.FromEnvironment(Environment.GetEnvironmentVariable),
                    Slots = CountSlots(Whole(parsed, slots, "ORLEANSTRAIN_SLOTS"), devices),
                    Devices = devices,
                    DatasetMemory = Value(parsed, datasetMemory, MemorySize.DatasetVariable) is { } size ? MemorySize.Parse(size, "--dataset-memory") : null,
                    Verbose = parsed.GetValue(verbose),
                },
                cancellationToken);
        });

        // Not a RootCommand: that is named after the file that runs, which is none that a user types.
        return new Command("orleanstrain") { command };
    }

    private static Option<string?> Text(string name, string variable, string description) => new(name) { Description = $"{description} [{variable}]" };

    private static Option<int?> Number(string name, string variable, string description) => new(name) { Description = $"{description} [{variable}]" };

    private static string? Value(ParseResult parsed, Option<string?> option, string variable) =>
        parsed.GetValue(option) ?? (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null);

    private static int? Whole(ParseResult parsed, Option<int?> option, string variable)
    {
        if (parsed.GetValue(option) is { } given)
        {
            return given;
        }

        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.TryParse(text, out var number) ? number : throw new SiloOptionsException($"{variable} must be a whole number; found '{text}'.")
            : null;
    }

    private static int Port(ParseResult parsed, Option<int?> option, string variable, int standard)
    {
        var port = Whole(parsed, option, variable) ?? standard;
        return port is >= 0 and <= 65535 ? port : throw new SiloOptionsException($"{option.Name} must be a port, 0 to 65535; found {port}.");
    }

    private static string ChooseDevices(string device)
    {
        var gpus = device == "cpu" ? 0 : DeviceChoice.CudaDeviceCount();
        return device switch
        {
            "cpu" => "cpu",
            "auto" => gpus > 0 ? "cuda" : "cpu",
            "cuda" when gpus > 0 => "cuda",
            "cuda" => throw new SiloOptionsException("--device cuda: no GPU that libtorch can use was found. Build with -p:Torch=cuda on a machine with an NVIDIA driver, or use --device cpu."),
            _ => throw new SiloOptionsException($"--device must be auto, cpu or cuda; found '{device}'."),
        };
    }

    private static int CountSlots(int? wanted, string devices)
    {
        var most = devices == "cuda" ? DeviceChoice.CudaDeviceCount() : int.MaxValue;
        var slots = wanted ?? (devices == "cuda" ? most : Environment.ProcessorCount);
        return slots >= 0 && slots <= most
            ? slots
            : throw new SiloOptionsException(devices == "cuda" ? $"--slots must be 0 to {most}, one a GPU; found {slots}." : $"--slots must be 0 or more; found {slots}.");
    }

    private static string? TokenFor(IPAddress http)
    {
        if (IPAddress.IsLoopback(http))
        {
            return null;
        }

        return Environment.GetEnvironmentVariable("ORLEANSTRAIN_HTTP_TOKEN") is { Length: > 0 } token
            ? token
            : throw new SiloOptionsException($"--http-address {http} is not loopback: set ORLEANSTRAIN_HTTP_TOKEN, which /metrics and /dashboard will ask for as bearer token.");
    }

    private static IPAddress ParseAddress(string text, string option) =>
        text is "*" or "any" ? IPAddress.Any : IPAddress.TryParse(text, out var address) ? address : throw new SiloOptionsException($"{option} must be an IP address; found '{text}'.");

    private static IPAddress Resolve(string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return address;
        }

        try
        {
            var addresses = Dns.GetHostAddresses(host == "auto" ? Dns.GetHostName() : host, AddressFamily.InterNetwork);
            return addresses.FirstOrDefault(found => host != "auto" || !IPAddress.IsLoopback(found))
                ?? throw new SiloOptionsException($"--advertise {host}: no IPv4 address found; give the IP that other silos reach this host by.");
        }
        catch (SocketException error)
        {
            throw new SiloOptionsException($"--advertise {host}: {error.Message}; give the IP that other silos reach this host by.");
        }
    }
}

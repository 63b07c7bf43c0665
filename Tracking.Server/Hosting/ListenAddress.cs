using System.Net;

namespace OrleansTrain.Tracking.Server.Hosting;

internal static class ListenAddress
{
    /// <exception cref="TrackingServerException">The host is no address of a machine, or the port none.</exception>
    public static IPEndPoint Parse(string host, int port)
    {
        if (port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
        {
            throw new TrackingServerException($"The tracking server's port must be 0 (any free one) to {IPEndPoint.MaxPort}, found {port}.");
        }

        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? new IPEndPoint(IPAddress.Loopback, port)
            : IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port)
            : throw new TrackingServerException(
                $"The tracking server's host must be an IP address of this machine, 0.0.0.0 for all of them, or localhost; found '{host}'.");
    }

    public static Uri ToUri(IPEndPoint endpoint, int port)
    {
        var address = endpoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : endpoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : endpoint.Address;
        return new Uri($"http://{new IPEndPoint(address, port)}/");
    }
}

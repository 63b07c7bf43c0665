using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using OrleansTrain.Tracking.Server.Http;

namespace OrleansTrain.Tracking.Server.Hosting;

/// <summary>
/// Who may call: by a host name that is ours (against DNS rebinding), not from a page of another site, and with the token if there is one.
/// </summary>
internal sealed class AccessRules(IPEndPoint endpoint, EmbeddedTrackingOptions options)
{
    public const string HealthPath = "/health";
    public const string VersionPath = "/version";

    private const string PlainText = "text/plain";

    private readonly byte[]? _tokenHash = string.IsNullOrEmpty(options.Token) ? null : Hash(options.Token);

    /// <returns>Null: go on.</returns>
    public Answer? Refuse(HttpRequest request, string path)
    {
        if (path is HealthPath or VersionPath)
        {
            return null;
        }

        if (!IsAllowedHost(request.Host))
        {
            return Text(StatusCodes.Status403Forbidden, "Invalid Host header - possible DNS rebinding attack detected");
        }

        if (request.Headers.Origin.ToString() is { Length: > 0 } origin && !IsAllowedOrigin(origin, request.Host))
        {
            if (HttpMethods.IsOptions(request.Method))
            {
                // MLflow says OK here too; without Access-Control-Allow-Origin the browser goes no further.
                return Text(StatusCodes.Status200OK, "OK") with { ContentType = PlainText + "; charset=utf-8" };
            }

            if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            {
                return Text(StatusCodes.Status403Forbidden, "Cross-origin request blocked");
            }
        }

        return HasToken(request) ? null : Text(StatusCodes.Status401Unauthorized, "This tracking server needs a token: set MLFLOW_TRACKING_TOKEN.") with
        {
            Headers = [("WWW-Authenticate", "Bearer")],
        };
    }

    private bool IsAllowedHost(HostString host) =>
        host.HasValue
        && (options.AllowedHosts.Any(allowed => allowed == "*"
                || allowed.Equals(host.Value, StringComparison.OrdinalIgnoreCase)
                || allowed.Equals(host.Host, StringComparison.OrdinalIgnoreCase))
            || IsOwnName(host.Host));

    private bool IsOwnName(string name) =>
        name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || name.Equals(options.Host, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(name.Trim('[', ']'), out var address)
            && (IPAddress.IsLoopback(address) || address.Equals(endpoint.Address) || IsPrivate(address)));

    private bool IsAllowedOrigin(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (uri.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase) || IsOwnName(uri.Host)
            || options.AllowedHosts.Contains(uri.Authority, StringComparer.OrdinalIgnoreCase));

    private static bool IsPrivate(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        var bytes = address.GetAddressBytes();
        return bytes[0] == 10 || (bytes[0] == 172 && bytes[1] is >= 16 and <= 31) || (bytes[0] == 192 && bytes[1] == 168);
    }

    private bool HasToken(HttpRequest request)
    {
        if (_tokenHash is null)
        {
            return true;
        }

        var header = request.Headers.Authorization.ToString();
        var sent = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : BasicPassword(header);
        return sent is not null && CryptographicOperations.FixedTimeEquals(Hash(sent), _tokenHash);
    }

    private static string? BasicPassword(string header)
    {
        const string scheme = "Basic ";
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[header.Length];
        return Convert.TryFromBase64String(header[scheme.Length..].Trim(), bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length) is var pair && pair.IndexOf(':', StringComparison.Ordinal) is var colon && colon >= 0
                ? pair[(colon + 1)..]
                : null;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static Answer Text(int status, string text) => new(status, PlainText, Encoding.UTF8.GetBytes(text));
}

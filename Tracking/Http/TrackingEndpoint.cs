using System.Net.Http.Headers;
using System.Text;

namespace OrleansTrain.Tracking.Http;

/// <summary>The server's address without secrets, and the credentials sent to it and to nobody else.</summary>
internal sealed class TrackingEndpoint
{
    public TrackingEndpoint(MlflowClientOptions options)
    {
        var uri = options.TrackingUri;
        if (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException(
                $"The tracking URI must be an absolute http or https address, found '{uri.OriginalString}'.", nameof(options));
        }

        BaseAddress = new UriBuilder(uri)
        {
            UserName = "",
            Password = "",
            Path = uri.AbsolutePath.TrimEnd('/') + "/",
            Query = "",
            Fragment = "",
        }.Uri;
        Authorization = FromOptions(options) ?? FromUserInfo(uri.UserInfo);
    }

    /// <summary>Ends with a slash, so that relative paths append.</summary>
    public Uri BaseAddress { get; }

    public AuthenticationHeaderValue? Authorization { get; }

    /// <summary>Credentials for an address, null when it is another server than ours.</summary>
    public AuthenticationHeaderValue? AuthorizationFor(Uri address) =>
        address.Scheme == BaseAddress.Scheme && address.Authority == BaseAddress.Authority ? Authorization : null;

    /// <summary>An address as told to people: without what all addresses of the server share, and without its query.</summary>
    public string Relative(Uri address)
    {
        var path = address.AbsolutePath;
        var shared = BaseAddress.AbsolutePath;
        return path.StartsWith(shared, StringComparison.Ordinal) ? path[shared.Length..] : path;
    }

    private static AuthenticationHeaderValue? FromOptions(MlflowClientOptions options)
    {
        if (!string.IsNullOrEmpty(options.Username) && !string.IsNullOrEmpty(options.Password))
        {
            return Basic($"{options.Username}:{options.Password}");
        }

        return string.IsNullOrEmpty(options.Token) ? null : new AuthenticationHeaderValue("Bearer", options.Token);
    }

    private static AuthenticationHeaderValue? FromUserInfo(string userInfo) =>
        userInfo.Length == 0 ? null : Basic(Uri.UnescapeDataString(userInfo));

    private static AuthenticationHeaderValue Basic(string userAndPassword) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(userAndPassword)));
}

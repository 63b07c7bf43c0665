using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansTrain.Tracking.Server.Http;

/// <summary>
/// Path and query as sent. The web server would resolve <c>..</c> before we see it; MLflow refuses such paths, so we must see them.
/// </summary>
/// <param name="Path">Decoded once.</param>
internal sealed record RequestTarget(string Path, QueryValues Query)
{
    /// <summary>What follows the route's prefix.</summary>
    public string Rest { get; init; } = "";

    /// <summary>What stands in the path where the route has a name in braces.</summary>
    public IReadOnlyDictionary<string, string> PathValues { get; init; } = new Dictionary<string, string>();

    public static RequestTarget Of(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/') && Uri.TryCreate(target, UriKind.Absolute, out var absolute))
        {
            target = absolute.PathAndQuery;
        }

        var question = target.IndexOf('?', StringComparison.Ordinal);
        return new RequestTarget(
            PercentEncoding.Decode(question < 0 ? target : target[..question]), new QueryValues(question < 0 ? "" : target.AsSpan(question + 1)));
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansTrain.Tracking.Server.Http;

/// <summary>
/// Path and query as sent. The web server would resolve <c>..</c> before we see it; MLflow refuses such paths, so we must see them.
/// </summary>
/// <param name="Path">Decoded once.</param>
/// <param name="Rest">What follows the route's prefix.</param>
internal sealed record RequestTarget(string Path, QueryValues Query, string Rest = "")
{
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

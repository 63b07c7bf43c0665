using Microsoft.AspNetCore.Http;

namespace OrleansTrain.Tracking.Server.Http;

/// <summary>
/// Finds the route of a request. Unlike ASP.NET's routing it tells upper from lower case and minds a trailing slash, and answers what it
/// does not know with the pages MLflow answers with.
/// </summary>
internal sealed class Router
{
    private readonly Dictionary<string, List<Route>> _exact;
    private readonly List<Route> _prefixes;

    public Router(IEnumerable<Route> routes)
    {
        var all = routes.ToLookup(static route => route.IsPrefix);
        _exact = all[false].GroupBy(static route => route.Path, StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.ToList(), StringComparer.Ordinal);
        _prefixes = [.. all[true]];
    }

    public async Task HandleAsync(HttpContext context, RequestTarget target)
    {
        var candidates = Candidates(target.Path);
        var method = context.Request.Method;
        var wanted = HttpMethods.IsHead(method) ? HttpMethods.Get : method;
        if (candidates.Find(route => route.Method == wanted) is { } found)
        {
            await found.Handle(context, found.IsPrefix ? target with { Rest = target.Path[found.Path.Length..] } : target);
            return;
        }

        await context.SendAsync(candidates.Count == 0 ? HtmlAnswer.NotFound : Refuse(candidates, method));
    }

    private List<Route> Candidates(string path) =>
        _exact.GetValueOrDefault(path)
        ?? _prefixes.FindAll(route => path.Length > route.Path.Length && path.StartsWith(route.Path, StringComparison.Ordinal));

    private static Answer Refuse(List<Route> candidates, string method)
    {
        var allowed = candidates.Select(static route => route.Method).Distinct().SelectMany(static name => name == HttpMethods.Get ? [name, HttpMethods.Head] : new[] { name })
            .Append(HttpMethods.Options);
        return HttpMethods.IsOptions(method)
            ? HtmlAnswer.Text("") with { Headers = [("Allow", string.Join(", ", allowed))] }
            : HtmlAnswer.MethodNotAllowed(allowed);
    }
}

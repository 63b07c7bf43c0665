using Microsoft.AspNetCore.Http;

namespace OrleansTrain.Tracking.Server.Http;

/// <summary>
/// Finds the route of a request. Unlike ASP.NET's routing it tells upper from lower case and minds a trailing slash, and answers what it
/// does not know with the pages MLflow answers with.
/// </summary>
internal sealed class Router
{
    private readonly Dictionary<string, List<Route>> _exact;
    private readonly List<Route> _named;
    private readonly List<Route> _prefixes;

    public Router(IEnumerable<Route> routes)
    {
        var all = routes.ToList();
        _named = all.FindAll(static route => route.HasNames);
        _prefixes = all.FindAll(static route => route.IsPrefix);
        _exact = all.Except(_named).Except(_prefixes).GroupBy(static route => route.Path, StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.ToList(), StringComparer.Ordinal);
    }

    public async Task HandleAsync(HttpContext context, RequestTarget target)
    {
        var candidates = Candidates(target.Path);
        var method = context.Request.Method;
        var wanted = HttpMethods.IsHead(method) ? HttpMethods.Get : method;
        if (candidates.Find(route => route.Method == wanted) is { } found)
        {
            await found.Handle(context, Resolve(found, target));
            return;
        }

        await context.SendAsync(candidates.Count == 0 ? HtmlAnswer.NotFound : Refuse(candidates, method));
    }

    private List<Route> Candidates(string path) =>
        _exact.GetValueOrDefault(path)
        ?? (_prefixes.FindAll(route => path.Length > route.Path.Length && path.StartsWith(route.Path, StringComparison.Ordinal)) is { Count: > 0 } found
            ? found
            : _named.FindAll(route => route.Match(path) is not null));

    private static RequestTarget Resolve(Route route, RequestTarget target) =>
        route.IsPrefix ? target with { Rest = target.Path[route.Path.Length..] }
        : route.HasNames ? target with { PathValues = route.Match(target.Path)! }
        : target;

    private static Answer Refuse(List<Route> candidates, string method)
    {
        var allowed = candidates.Select(static route => route.Method).Distinct()
            .SelectMany(static name => name == HttpMethods.Get ? [name, HttpMethods.Head] : new[] { name })
            .Append(HttpMethods.Options);
        return HttpMethods.IsOptions(method)
            ? HtmlAnswer.Text("") with { Headers = [("Allow", string.Join(", ", allowed))] }
            : HtmlAnswer.MethodNotAllowed(allowed);
    }
}

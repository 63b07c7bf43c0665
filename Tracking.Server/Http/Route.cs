using Microsoft.AspNetCore.Http;

namespace OrleansTrain.Tracking.Server.Http;

/// <param name="Path">Decoded once; ends with a slash if it stands for all that begins so.</param>
internal sealed record Route(string Method, string Path, Func<HttpContext, RequestTarget, Task> Handle)
{
    public bool IsPrefix => Path.EndsWith('/');
}

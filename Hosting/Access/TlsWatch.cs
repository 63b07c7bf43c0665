using Microsoft.AspNetCore.Connections;

namespace OrleansTrain.Hosting.Access;

/// <summary>Notices that TLS has not come about: Orleans' own middleware logs that and returns as if the connection had ended.</summary>
internal sealed class TlsWatch(Refusals refusals)
{
    private static readonly object Secured = new();

    /// <summary>Stands around TLS on the connecting end.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => async context =>
    {
        await next(context);
        if (!context.Items.ContainsKey(Secured))
        {
            throw refusals.Refused(
                context.RemoteEndPoint,
                status: null,
                $"no TLS with it; it needs a certificate of the authority in {ClusterAccess.AuthorityVariable}, and must accept this process's");
        }
    };

    /// <summary>Stands within TLS.</summary>
    public static ConnectionDelegate Mark(ConnectionDelegate next) => context =>
    {
        context.Items[Secured] = true;
        return next(context);
    };
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OrleansTrain.Silo;

/// <summary>Asks for a bearer token on everything but health.</summary>
internal static class HttpToken
{
    public static void UseHttpToken(this WebApplication app, string? token)
    {
        if (token is null)
        {
            return;
        }

        var expected = SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + token));
        app.Use((context, next) =>
        {
            // Hashes have one length, so that the comparison tells nothing of the token.
            var given = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString()));
            if (context.Request.Path.StartsWithSegments(HealthEndpoints.Prefix, StringComparison.Ordinal) || CryptographicOperations.FixedTimeEquals(given, expected))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return context.Response.WriteAsync("Send ORLEANSTRAIN_HTTP_TOKEN as bearer token.");
        });
    }
}

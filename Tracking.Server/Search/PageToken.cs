using System.Text;
using System.Text.Json;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>MLflow's page tokens: <c>{"offset": n}</c> in Base64.</summary>
internal static class PageToken
{
    public static string Create(long offset) => Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"offset": {{offset}}}"""));

    /// <returns>0 for no token.</returns>
    /// <exception cref="MlflowError">It is none of ours.</exception>
    public static long ReadOffset(string token)
    {
        if (token.Length == 0)
        {
            return 0;
        }

        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length))
        {
            throw MlflowError.InvalidParameter("Invalid page token, could not base64-decode");
        }

        using var document = LenientJson.TryParse(bytes.AsMemory(0, length));
        return document?.RootElement is { ValueKind: JsonValueKind.Object } json
            && json.TryGetProperty("offset", out var offset) && offset.ValueKind == JsonValueKind.Number && offset.TryGetInt64(out var value) && value != 0
            ? value
            : throw MlflowError.InvalidParameter($"Invalid page token, decoded value={token}");
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansTrain.Tracking.Server.Http;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>Reads the message of a request: from the query of a GET, else from the JSON body.</summary>
internal static class RequestMessage
{
    private const string JsonType = "application/json";
    private static readonly JsonElement EmptyObject = JsonDocument.Parse("{}").RootElement;

    /// <exception cref="MlflowError">The request is not one, or a check of a parameter failed.</exception>
    public static Message Read(IncomingRequest request, MessageType type, IReadOnlyList<Parameter> parameters)
    {
        using var document = request.Method == HttpMethods.Get && request.Query.Count > 0 ? null : ReadBody(request);
        var json = document is null && request.Method == HttpMethods.Get ? QueryObject.ToJson(request.Query, type) : AsObject(document);
        var message = new Message();
        var parsed = MessageReader.TryRead(json, type, message);
        foreach (var parameter in parameters)
        {
            parameter.Validate(json, parsed);
        }

        foreach (var (name, value) in request.PathValues)
        {
            message.Set(name, value);
        }

        return message;
    }

    private static JsonDocument? ReadBody(IncomingRequest request)
    {
        if (request.Method == HttpMethods.Post || request.Method == HttpMethods.Put)
        {
            RequireJson(request.ContentType);
        }

        var document = LenientJson.TryParse(request.Body);

        // Very old clients send JSON inside a JSON string.
        return document is { RootElement.ValueKind: JsonValueKind.String }
            ? JsonDocument.Parse(document.RootElement.GetString()!)
            : document;
    }

    private static void RequireJson(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            throw MlflowError.InvalidParameter("Bad Request. Content-Type header is missing.");
        }

        if (contentType.Split(';')[0].Trim() != JsonType)
        {
            throw MlflowError.InvalidParameter($"Bad Request. Content-Type must be one of ['{JsonType}'].");
        }
    }

    /// <summary>A body that is no JSON counts as an empty message; JSON that is no object is not foreseen.</summary>
    private static JsonElement AsObject(JsonDocument? document) => document?.RootElement.ValueKind switch
    {
        null or JsonValueKind.Null => EmptyObject,
        JsonValueKind.Object => document.RootElement,
        _ => throw new UnhandledRequestException("the body is not a JSON object"),
    };
}

using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansTrain.Tracking.Server.Http;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>A query as a JSON object: the fields of the message that are in it, in the message's order.</summary>
internal static class QueryObject
{
    public static JsonElement ToJson(QueryValues query, MessageType type)
    {
        var json = new JsonObject();
        foreach (var field in type.Fields.Where(field => query.Has(field.Name)))
        {
            json[field.Name] = field.Repeated
                ? new JsonArray([.. query.All(field.Name).Select(static value => (JsonNode?)JsonValue.Create(value))])
                : JsonValue.Create(query.First(field.Name));
        }

        return JsonSerializer.SerializeToElement(json);
    }
}

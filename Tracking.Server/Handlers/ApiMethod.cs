using System.Text.Json;
using OrleansTrain.Tracking.Server.Http;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>A method of MLflow's API.</summary>
/// <param name="Path">Below <c>/api/2.0/mlflow/</c> and <c>/ajax-api/2.0/mlflow/</c>.</param>
/// <param name="Handle">Writes the properties of the answer.</param>
internal sealed record ApiMethod(
    string HttpMethod, string Path, MessageType Request, IReadOnlyList<Parameter> Parameters, Action<Message, Utf8JsonWriter> Handle)
{
    public static ApiMethod Get(string path, MessageType request, IReadOnlyList<Parameter> parameters, Action<Message, Utf8JsonWriter> handle) =>
        new("GET", path, request, parameters, handle);

    public static ApiMethod Post(string path, MessageType request, IReadOnlyList<Parameter> parameters, Action<Message, Utf8JsonWriter> handle) =>
        new("POST", path, request, parameters, handle);

    public Answer Answer(IncomingRequest request) => JsonAnswer.Write(json => Handle(RequestMessage.Read(request, Request, Parameters), json));
}

namespace OrleansTrain.Tracking.Server.Http;

/// <summary>A request to the API, with its body read.</summary>
/// <param name="PathValues">What stands in the path where the route has a name.</param>
internal sealed record IncomingRequest(
    string Method, QueryValues Query, string? ContentType, ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> PathValues);
